/** The HTTP part that all stand-ins share: a local server that reads small bodies and closes at once when told to. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";

export interface HttpRequest {
  readonly method: string;
  /** Without the query; still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A string is sent as it is; anything else as JSON; undefined sends no body. */
  readonly body?: unknown;
}

/** `drop` destroys the connection without a word. */
export type HttpReply = HttpAnswer | "drop";

export type HttpHandler = (request: HttpRequest) => HttpReply | Promise<HttpReply>;

export interface HttpServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  /**
   * Closes the server and every connection, answered or not. Rejects when the handler has thrown: a bug of a stand-in
   * must not pass for a fault of the service it stands for.
   */
  stop(): Promise<void>;
}

export interface HttpServerOptions {
  /** Default: any free port. */
  readonly port?: number;
  /** Bytes; a larger body is answered with 413. Default: 1 MiB. */
  readonly bodyLimit?: number;
}

export async function startServer(handle: HttpHandler, options: HttpServerOptions = {}): Promise<HttpServer> {
  const { port = 0, bodyLimit = 1_048_576 } = options;
  const bugs: unknown[] = [];

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(incoming, bodyLimit);
    if (body === null) return send(response, { status: 413, headers: { connection: "close" } });
    const target = new URL(incoming.url ?? "/", "http://127.0.0.1");
    const reply = await handle({
      method: incoming.method ?? "GET",
      path: target.pathname,
      query: target.searchParams,
      headers: incoming.headers,
      body,
    });
    if (reply === "drop") incoming.socket.destroy();
    else send(response, reply);
  }

  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      // The caller went away while its body was read: nobody is left to answer.
      if (incoming.destroyed && !incoming.complete) return;
      bugs.push(error);
      if (!response.headersSent) send(response, { status: 500, body: `stand-in failed: ${String(error)}` });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot start a stand-in: it has no TCP port");

  async function stop(): Promise<void> {
    if (server.listening) {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    }
    const thrown = bugs.splice(0);
    if (thrown.length > 0) throw new AggregateError(thrown, `Cannot trust this run: a stand-in threw ${thrown[0]}`);
  }

  return { url: `http://127.0.0.1:${address.port}`, stop, [Symbol.asyncDispose]: stop };
}

/** Null when the body is larger than `limit`; the rest of it is then read and thrown away. */
async function readBody(incoming: IncomingMessage, limit: number): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size > limit ? null : Buffer.concat(chunks).toString("utf8");
}

function send(response: ServerResponse, answer: HttpAnswer): void {
  const { body } = answer;
  const plain = body === undefined || typeof body === "string";
  const type = plain ? "text/plain; charset=utf-8" : "application/json; charset=utf-8";
  response.writeHead(answer.status, { "content-type": type, ...answer.headers });
  response.end(plain ? body : JSON.stringify(body));
}
