import type { Run, Tools } from "./job.ts";
import type { OwnerRef } from "./subjects.ts";

export async function redeliver(_ref: OwnerRef, _tools: Tools, _run: Run): Promise<void> {}
