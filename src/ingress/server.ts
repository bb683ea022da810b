/**
 * The HTTP server: its limits, its start, and a stop that loses no request. Bare `node:http`, for this is the path that
 * every webhook takes.
 */
import { createServer, type Server } from "node:http";
import type { Logger } from "pino";
import { createResponder } from "./responder.ts";
import type { RouteEntry } from "./route.ts";

export interface IngressLimits {
  /** Buildkite's bodies have 4 to 40 KB; meta-data may add 100 KB for each of its keys. */
  readonly bodyBytes: number;
  readonly maxHeaderBytes: number;
  /** Requests with a body that are being read or stored at the same time. */
  readonly maxInFlight: number;
  /** How long a sender may take for the headers, and for the whole request. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  /** How often the two are looked at. */
  readonly timeoutCheckMs: number;
  /** Longer than the 60 s of usual load balancers: whoever sends the requests must be the one to hang up. */
  readonly keepAliveTimeoutMs: number;
}

export const defaultLimits: IngressLimits = {
  bodyBytes: 5 * 1024 * 1024,
  maxHeaderBytes: 16 * 1024,
  maxInFlight: 256,
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  timeoutCheckMs: 1_000,
  keepAliveTimeoutMs: 65_000,
};

interface IngressOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly routes: readonly RouteEntry[];
  readonly limits?: Partial<IngressLimits>;
  readonly log: Logger;
  /**
   * Told of every answer, with the path of the route's entry (or `unmatched`), never the path that was sent; and of
   * senders that went away before they had sent everything, as 499.
   */
  readonly observe?: (path: string, status: number) => void;
}

export interface Ingress {
  readonly port: number;
  readonly url: string;
  /** Takes nothing new, finishes what was begun, and cuts off what is not finished after the grace. */
  stop(graceMs: number): Promise<void>;
}

export async function startIngress(options: IngressOptions): Promise<Ingress> {
  const limits = { ...defaultLimits, ...options.limits };
  const { bodyBytes, maxInFlight } = limits;
  const { routes, log, observe = () => {} } = options;
  const responder = createResponder({ routes, bodyBytes, maxInFlight, log, observe });
  const server = createServer({
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.timeoutCheckMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.maxHeaderBytes,
  });
  server.on("request", (request, response) => void responder.answer(request, response, false));
  server.on("checkContinue", (request, response) => void responder.answer(request, response, true));
  const port = await listen(server, options.host, options.port);

  let stopped: Promise<void> | null = null;
  return {
    port,
    url: `http://${options.host.includes(":") ? `[${options.host}]` : options.host}:${port}`,
    stop(graceMs) {
      responder.closeConnections();
      stopped ??= close(server, graceMs);
      return stopped;
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => {
      const state = "code" in cause ? cause.code : cause.message;
      reject(
        new Error(`Cannot listen on ${host}, port ${port}: ${state}; set HOST and PORT to what is free`, { cause }),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Idle connections go at once, busy ones with their answer, and what is left after the grace is cut off. */
function close(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cutOff = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cutOff);
      resolve();
    });
  });
}
