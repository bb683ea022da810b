import type { IncomingMessage, ServerResponse } from "node:http";

/**
 * Answers before the request was read to its end. TCP resets a connection that is closed with bytes unread, and the
 * reset overtakes the answer: the sender would see a broken connection instead of its 413. So the answer is sent, then
 * the rest is read and thrown away up to `limit`, and only then does the connection end. The request's time-out bounds
 * how long that takes.
 */
export function endAfterRequest(request: IncomingMessage, response: ServerResponse, body: string, limit: number): void {
  let discarded = 0;
  response.write(body);
  request.on("data", (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > limit) response.end();
  });
  request.on("end", () => response.end());
  request.resume();
}
