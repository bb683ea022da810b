import type { Run, Tools } from "./job.ts";
import type { PolicyCheckRef } from "./subjects.ts";

export async function checkRepositoryPolicy(_ref: PolicyCheckRef, _tools: Tools, _run: Run): Promise<void> {}
