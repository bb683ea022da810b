/** What a caller of Slack's Web API sent: a form (objects as JSON strings), JSON, or a query, read the way Slack reads it. */
import type { HttpRequest } from "../http.ts";

/** Slack answers 200 with `ok: false` and this; `details` are its other fields. */
export class SlackRefusal extends Error {
  readonly error: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(error: string, details: Readonly<Record<string, unknown>> = {}) {
    super(`Slack refuses: ${error}`);
    this.error = error;
    this.details = details;
  }
}

/** Arguments that are objects or lists: JSON strings in a form, plain in a JSON body. */
const structured: readonly string[] = ["attachments", "blocks", "metadata", "view"];

export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#values = values;
  }

  /** Undefined when it is not there. Slack makes strings of numbers, so that `thread_ts` may come as either. */
  text(name: string): string | undefined {
    const value = this.#values[name];
    if (typeof value === "number") return String(value);
    return typeof value === "string" ? value : undefined;
  }

  /** For what must be there: the error says so when it is missing or empty. */
  required(name: string, error: string): string {
    const value = this.text(name);
    if (value === undefined || value === "") throw new SlackRefusal(error);
    return value;
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    return value === true || value === 1 || value === "true" || value === "1";
  }

  /** A whole number from 1 to `max`; what is larger is cut, what is not a number is the default. */
  count(name: string, otherwise: number, max: number): number {
    const value = Number(this.#values[name]);
    return Number.isInteger(value) && value >= 1 ? Math.min(value, max) : otherwise;
  }

  /** Undefined when it is not there or empty; refuses what is not JSON. */
  json(name: string, error: string): unknown {
    const value = this.#values[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value);
    } catch {
      throw new SlackRefusal(error);
    }
  }

  /** `json`, for what must be a list. */
  list(name: string, error: string): readonly unknown[] | undefined {
    const value = this.json(name, error);
    if (value !== undefined && !Array.isArray(value)) throw new SlackRefusal(error);
    return value;
  }

  /** For the record of calls: decoded where it can be, and never a secret. */
  toRecord(): Readonly<Record<string, unknown>> {
    const { token: _token, client_secret: _secret, ...sent } = this.#values;
    return Object.fromEntries(
      Object.entries(sent).map(([name, value]) => [name, structured.includes(name) ? decoded(value) : value]),
    );
  }
}

function decoded(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

export interface SentArguments {
  readonly arguments: Arguments;
  /** From the header, or else from the argument; null when there is none. */
  readonly token: string | null;
  /** Set when the body could not be read: what Slack answers. */
  readonly error: string | null;
}

export function readArguments(request: HttpRequest): SentArguments {
  const { values, error } = readBody(request);
  const sent = new Arguments({ ...Object.fromEntries(request.query), ...values });
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  return { arguments: sent, token: bearer ?? sent.text("token") ?? null, error };
}

interface Body {
  readonly values: Readonly<Record<string, unknown>>;
  readonly error: string | null;
}

function readBody({ body, headers }: HttpRequest): Body {
  if (body === "") return { values: {}, error: null };
  const type = (headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase();
  if (type === "application/x-www-form-urlencoded") {
    return { values: Object.fromEntries(new URLSearchParams(body)), error: null };
  }
  if (type !== "application/json") {
    return { values: {}, error: type === "" || type === undefined ? "missing_post_type" : "invalid_post_type" };
  }
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
      return { values: {}, error: "json_not_object" };
    }
    return { values: { ...parsed }, error: null };
  } catch {
    return { values: {}, error: "invalid_json" };
  }
}
