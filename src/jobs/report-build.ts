import type { BuildRef } from "../domain/ids.ts";
import type { Run, Tools } from "./job.ts";

export async function reportBuild(_ref: BuildRef, _tools: Tools, _run: Run): Promise<void> {}
