import type { RepositoryRef } from "../domain/pull.ts";
import type { Run, Tools } from "./job.ts";

export async function readRepositoryPolicy(_ref: RepositoryRef, _tools: Tools, _run: Run): Promise<void> {}
