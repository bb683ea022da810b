/** The raw body of a request, byte for byte as it was signed, and never more of it than the limit. */
import type { IncomingMessage } from "node:http";

type Body =
  | { readonly kind: "complete"; readonly bytes: Buffer }
  | { readonly kind: "too large" }
  /** The sender went away, or was cut off for being too slow. */
  | { readonly kind: "aborted" };

/** Known to be over the limit before a byte of it was read. */
export function declaresTooMuch(request: IncomingMessage, limit: number): boolean {
  // An absent length reads as NaN, which is not over any limit: then the bytes are counted as they come.
  return Number(request.headers["content-length"]) > limit;
}

/** Never rejects. After "too large" the request is paused, with the rest of the body unread. */
export function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;

    function take(chunk: Buffer): void {
      size += chunk.length;
      if (size > limit) settle({ kind: "too large" });
      else chunks.push(chunk);
    }

    function settle(body: Body): void {
      request.off("data", take).off("end", complete).off("close", abort);
      if (body.kind === "too large") request.pause();
      resolve(body);
    }

    function complete(): void {
      const [only, ...others] = chunks;
      settle({
        kind: "complete",
        bytes: only !== undefined && others.length === 0 ? only : Buffer.concat(chunks, size),
      });
    }

    function abort(): void {
      settle({ kind: "aborted" });
    }

    request.on("data", take).on("end", complete).on("close", abort);
  });
}
