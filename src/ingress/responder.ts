/** Takes one request to its answer: route, limits, body, and the last resort for what nobody foresaw. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { declaresTooMuch, readBody } from "./body.ts";
import { describeFailure } from "./failure.ts";
import { endAfterRequest } from "./linger.ts";
import { type Reply, type RouteEntry, text, unavailable } from "./route.ts";
import { createRouter } from "./router.ts";

interface ResponderOptions {
  readonly routes: readonly RouteEntry[];
  readonly bodyBytes: number;
  readonly maxInFlight: number;
  readonly log: Logger;
  readonly observe: (path: string, status: number) => void;
}

interface Responder {
  /** Never rejects. `awaitsContinue`: the sender holds its body back until told to go on (`Expect: 100-continue`). */
  answer(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): Promise<void>;
  /** From now on the connection ends with each answer. */
  closeConnections(): void;
}

const nothing = Buffer.alloc(0);
const tooLarge = text(413, "The body is too large.");
/** Nobody is there to be answered; the number is nginx' for "client closed the request". */
const senderGone = text(499, "");

export function createResponder(options: ResponderOptions): Responder {
  const { bodyBytes, maxInFlight, log, observe } = options;
  const match = createRouter(options.routes);
  let inFlight = 0;
  let closing = false;

  async function answer(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): Promise<void> {
    const target = targetOf(request);
    const found = match(request.method ?? "", target.path);
    const reply =
      found.kind === "entry" ? await serve(found.entry, target, request, response, awaitsContinue) : found.reply;
    observe(found.kind === "entry" ? found.entry.path : "unmatched", reply.status);
    if (reply === senderGone || response.destroyed) return;
    // The body of a sender that awaits "continue" may or may not follow a refusal: the connection is of no more use.
    const last = closing || awaitsContinue || reply === tooLarge;
    response.writeHead(reply.status, headersOf(reply, last));
    if (reply === tooLarge && !awaitsContinue) endAfterRequest(request, response, reply.body, bodyBytes);
    else response.end(reply.body);
  }

  async function serve(
    entry: RouteEntry,
    target: Target,
    request: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
  ): Promise<Reply> {
    if (entry.method === "GET") return run(entry, target, request, nothing);
    if (inFlight >= maxInFlight) return unavailable("Too many requests at once.");
    if (declaresTooMuch(request, bodyBytes)) return tooLarge;
    inFlight += 1;
    try {
      if (awaitsContinue) response.writeContinue();
      const body = await readBody(request, bodyBytes);
      if (body.kind === "aborted") return senderGone;
      return body.kind === "too large" ? tooLarge : await run(entry, target, request, body.bytes);
    } finally {
      inFlight -= 1;
    }
  }

  async function run(entry: RouteEntry, target: Target, request: IncomingMessage, body: Buffer): Promise<Reply> {
    const { path, query } = target;
    try {
      return await entry.handle({ path, query, header: (name) => valuesOf(request.rawHeaders, name), body });
    } catch (error) {
      log.error({ path: entry.path, failure: describeFailure(error) }, "Cannot answer a request: unexpected failure");
      return text(500, "Unexpected failure.");
    }
  }

  return {
    answer,
    closeConnections() {
      closing = true;
    },
  };
}

interface Target {
  readonly path: string;
  readonly query: string;
}

function targetOf({ url = "" }: IncomingMessage): Target {
  const end = url.indexOf("?");
  return end === -1 ? { path: url, query: "" } : { path: url.slice(0, end), query: url.slice(end + 1) };
}

/** Out of name, value, name, value, … as they came. Node's own table of them would be made for two of its entries. */
function valuesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  const values: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const sent = rawHeaders[i];
    if (sent?.length === name.length && sent.toLowerCase() === name) values.push(rawHeaders[i + 1] ?? "");
  }
  return values;
}

function headersOf(reply: Reply, last: boolean): OutgoingHttpHeaders {
  return {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(reply.body),
    ...(last && { connection: "close" }),
    ...reply.headers,
  };
}
