/** What a route sees and says. No framework types: a route is a function from one to the other. */

export interface IngressRequest {
  readonly path: string;
  /** What followed the `?`, as it was sent; empty without one. */
  readonly query: string;
  /** Every value of the header of that name (in lower case), so that a header sent twice is seen to be. */
  readonly header: (name: string) => readonly string[];
  /** The raw bytes of a POST; empty for a GET. */
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Plain text when no content type is given. */
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (request: IngressRequest) => Promise<Reply>;

export interface RouteEntry {
  readonly method: "GET" | "POST";
  /** Exact, or ending in `/*` for everything below. */
  readonly path: string;
  readonly handle: Route;
}

export function text(status: number, body: string, headers?: Reply["headers"]): Reply {
  return { status, body: `${body}\n`, ...(headers && { headers }) };
}

export function json(status: number, value: unknown, headers?: Reply["headers"]): Reply {
  return { status, body: `${JSON.stringify(value)}\n`, headers: { "content-type": "application/json", ...headers } };
}

/** Nothing was stored, and the sender is asked to come again. */
export function unavailable(why: string): Reply {
  return text(503, why, { "retry-after": "5" });
}

/** The header of that name, if it was sent exactly once. */
export function single(request: IngressRequest, name: string): string | null {
  const [value, ...others] = request.header(name);
  return value === undefined || others.length > 0 ? null : value;
}
