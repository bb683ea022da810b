import type { PullRef } from "../domain/pull.ts";
import type { Run, Tools } from "./job.ts";

export async function commentOnPull(_ref: PullRef, _tools: Tools, _run: Run): Promise<void> {}
