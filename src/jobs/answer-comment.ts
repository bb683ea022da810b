import type { Run, Tools } from "./job.ts";
import type { CommentRef } from "./subjects.ts";

export async function answerComment(_ref: CommentRef, _tools: Tools, _run: Run): Promise<void> {}
