import type { Run, Tools } from "./job.ts";
import type { RerunRef } from "./subjects.ts";

export async function rerunBuild(_ref: RerunRef, _tools: Tools, _run: Run): Promise<void> {}
