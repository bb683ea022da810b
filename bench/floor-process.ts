/**
 * The floor: the least that a receiver can do that reads a body, trusts nobody and knows what it was told. It stores
 * nothing.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { z } from "zod";
import { answerParent } from "./child.ts";

const { token } = z.object({ token: z.string() }).parse(JSON.parse(process.argv[2] ?? "{}"));

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const [only, ...others] = chunks;
    const body = only !== undefined && others.length === 0 ? only : Buffer.concat(chunks);
    const signed = isSigned(String(request.headers["x-buildkite-signature"]), body);
    const known = signed && typeof JSON.parse(body.toString("utf8")) === "object";
    response.writeHead(known ? 200 : 401, { "content-type": "text/plain; charset=utf-8", "content-length": 7 });
    response.end("stored\n");
  });
});

function isSigned(header: string, body: Buffer): boolean {
  const [, timestamp = "", signature = ""] = /^timestamp=(\d+),signature=([0-9a-f]{64})$/.exec(header) ?? [];
  const expected = createHmac("sha256", token).update(`${timestamp}.`).update(body).digest();
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot start the floor: it has no TCP port");
  answerParent(`http://127.0.0.1:${address.port}`);
});
