/** The log of a job: as JSON, as plain text, its size, or its last bytes. */

import type { HttpAnswer } from "../http.ts";
import { type Call, failure } from "./api-call.ts";
import { jobUrls } from "./job-payloads.ts";
import type { Job } from "./outcome.ts";

const acceptRanges = { "Accept-Ranges": "bytes" };
const plainText = { "content-type": "text/plain; charset=utf-8", ...acceptRanges };

export function jobLog({ request }: Call, job: Job): HttpAnswer {
  if (job.type !== "script") return failure({ status: 404, message: "No log found" });
  const bytes = Buffer.from(job.log.text);
  const { accept, range } = request.headers;
  const plain = request.path.endsWith(".txt") || accept?.includes("text/plain") === true;
  if (request.method === "HEAD") {
    return { status: 200, headers: { ...plainText, "Content-Length": String(bytes.length) } };
  }
  if (range !== undefined) return plain ? lastBytes(bytes, range) : notPlain();
  if (plain) return { status: 200, headers: plainText, body: job.log.text };
  const { text: content, headerTimes } = job.log;
  const body = { url: `${jobUrls(job).url}/log`, content, size: bytes.length, header_times: headerTimes };
  return { status: 200, headers: acceptRanges, body };
}

function notPlain(): HttpAnswer {
  return failure({ status: 400, message: "Range requests are only supported for text/plain" });
}

/** A range may begin inside a character: what is left of it reads as U+FFFD, here before it is sent already. */
function lastBytes(bytes: Buffer, range: string): HttpAnswer {
  const count = Number(/^bytes=-(\d+)$/.exec(range)?.[1] ?? 0);
  if (count === 0) return failure({ status: 400, message: "Only suffix ranges are supported, such as bytes=-65536" });
  const size = bytes.length;
  if (size === 0)
    return { status: 416, headers: { "Content-Range": "bytes */0" }, body: { message: "The log is empty" } };
  const start = Math.max(0, size - count);
  const headers = { ...plainText, "Content-Range": `bytes ${start}-${size - 1}/${size}` };
  return { status: 206, headers, body: bytes.subarray(start).toString() };
}
