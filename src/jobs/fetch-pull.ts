import type { PullRef } from "../domain/pull.ts";
import type { Run, Tools } from "./job.ts";

export async function fetchPull(_ref: PullRef, _tools: Tools, _run: Run): Promise<void> {}
