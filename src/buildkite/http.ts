/**
 * How a request reaches Buildkite and what its failures mean. Whoever sends a POST must know whether it may have had its
 * effect: `BuildkiteUnclear` says that it may, every other error that it certainly did not.
 */
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { maskSecrets } from "../domain/secrets.ts";
import { Hopeless, Later } from "../later.ts";
import type { Metrics } from "../metrics.ts";
import { neverSent } from "../never-sent.ts";
import type { Budget, Lane } from "../state/budget.ts";
import { toLine } from "../values.ts";

/** The API token may not do that, or is none. Tried again it succeeds once somebody has mended that. */
export class BuildkiteRefused extends Error {
  override readonly name = "BuildkiteRefused";
}

/** No answer, or one that does not tell: the request may have had its effect. */
export class BuildkiteUnclear extends Error {
  override readonly name = "BuildkiteUnclear";
}

export interface Request {
  /** Names it in the metrics. */
  readonly name: string;
  /** Names it in errors: "Cannot <action>: …". */
  readonly action: string;
  readonly method: "GET" | "POST" | "PUT";
  /** Segments below `/v2`, not encoded yet. */
  readonly path: readonly (string | number)[];
  readonly query?: URLSearchParams;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** Statuses that say that there is nothing: they are answers, not errors. */
  readonly nothing?: readonly number[];
  /** Statuses by which Buildkite says no to what a person asked for: they are answers, for that person. */
  readonly refusals?: readonly number[];
  /** Default: background. */
  readonly lane?: Lane;
}

/** A part of an answer that is null when it has another shape: it must not make the rest unreadable. */
export const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(null);
export const optionalText = optional(z.string());

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

export interface HttpOptions {
  readonly url: string;
  readonly token: string;
  readonly budget: Budget;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly timeoutMs: number;
  readonly fetch?: typeof globalThis.fetch;
}

export interface Http {
  /** Of the configured address. */
  readonly origin: string;
  send(request: Request): Promise<Answer>;
  /** Why Buildkite says no, in its own words, and what may help: one line that is safe to show. */
  reasonOf(refusal: Answer): string;
}

export function createHttp(options: HttpOptions): Http {
  const { token, budget, clock, metrics, timeoutMs, fetch = globalThis.fetch } = options;
  const base = baseOf(options.url);
  // Checked here because the error of fetch would quote it.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new Error("Cannot use BUILDKITE_API_TOKEN: it has blanks or unprintable characters; copy it again");
  }

  async function exchange(request: Request): Promise<Answer> {
    const { action, method, path, query, body } = request;
    const url = new URL(`${base.href}/v2/${path.map(encodeURIComponent).join("/")}`);
    url.search = query?.toString() ?? "";
    try {
      const response = await fetch(url, {
        method,
        headers: {
          accept: "application/json",
          "content-type": "application/json",
          "user-agent": "signalbox",
          ...request.headers,
          authorization: `Bearer ${token}`,
        },
        body: body === undefined ? null : JSON.stringify(body),
        // The token is for the configured host alone, wherever an answer points.
        redirect: "manual",
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: response.status, headers: response.headers, body: await readBody(response) };
    } catch (cause) {
      if (cause instanceof AnswerTooLarge && method === "GET") throw new Hopeless(`Cannot ${action}: ${cause.message}`);
      const timedOut = cause instanceof Error && cause.name === "TimeoutError";
      const state = timedOut ? `no answer from Buildkite within ${timeoutMs} ms` : "the connection to Buildkite failed";
      throw neverSent(cause) ? new Error(`Cannot ${action}: ${state}`, { cause }) : failure(request, state, { cause });
    }
  }

  function wordsOf({ body }: Answer): string | null {
    return toLine(maskSecrets(readRefusal(body).reason.replaceAll(token, "*****")), 300);
  }

  async function refusal(request: Request, answer: Answer): Promise<Error> {
    const { status } = answer;
    const said = wordsOf(answer) ?? "no reason given";
    const cannot = `Cannot ${request.action}: Buildkite`;
    if (status === 429) {
      const now = clock.now();
      const until = now + waitOf(answer.headers, readRefusal(answer.body).resetSeconds);
      await budget.pause(until, now);
      return new Later(`${cannot} told us to wait`, until);
    }
    if (status === 401) {
      const why = "it is wrong, revoked, expired or bound to other addresses; check BUILDKITE_API_TOKEN";
      return new BuildkiteRefused(`${cannot} does not accept the API token (${said}): ${why}`);
    }
    if (status === 403) {
      return new BuildkiteRefused(`${cannot} does not let the API token do that (${said}); ${remedyFor(said)}`);
    }
    if (status < 400) {
      return new BuildkiteRefused(`${cannot} answered ${status}, which points elsewhere; check BUILDKITE_API_URL`);
    }
    if (status >= 500 || status === 408) return failure(request, `Buildkite answered ${status} (${said})`);
    return new Hopeless(`${cannot} answered ${status} (${said})`);
  }

  return {
    origin: base.origin,
    async send(request) {
      await budget.spend(clock.now(), request.lane ?? "background");
      const count = (result: string) => metrics.calls.inc({ service: "buildkite", method: request.name, result });
      try {
        const answer = await exchange(request);
        const meaning = meaningOf(request, answer);
        if (meaning === null) throw await refusal(request, answer);
        count(meaning);
        return answer;
      } catch (error) {
        count(error instanceof Error ? error.name : "Error");
        throw error;
      }
    },
    reasonOf(answer) {
      const said = wordsOf(answer) ?? `Buildkite answered ${answer.status} and gave no reason`;
      if (answer.status === 401) return `The API token is not accepted (${said}); check BUILDKITE_API_TOKEN`;
      return answer.status === 403 ? `The API token may not do that (${said}); ${remedyFor(said)}` : said;
    },
  };
}

/** Null for a status that is no answer to this request. */
function meaningOf({ nothing, refusals }: Request, { status }: Answer): "ok" | "nothing" | "refused" | null {
  if (nothing?.includes(status) === true) return "nothing";
  if (refusals?.includes(status) === true) return "refused";
  return status >= 200 && status <= 299 ? "ok" : null;
}

/** Against a 403: the token lacks a scope, which Buildkite names, or its user has no access. */
function remedyFor(said: string): string {
  const scope = /\b(?:read|write)_[a-z_]+\b/.exec(said)?.[0];
  return scope === undefined ? "give its user access to the pipeline" : `give it the scope ${scope}`;
}

/** Of a request that was sent and whose outcome is not known. */
export function failure({ action, method }: Request, state: string, options?: ErrorOptions): Error {
  const message = `Cannot ${action}: ${state}`;
  if (method === "GET") return new Error(message, options);
  return new BuildkiteUnclear(`${message}; it may have happened all the same`, options);
}

/** The address may have a path, for a proxy; no slash at its end. */
function baseOf(address: string): { readonly origin: string; readonly href: string } {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username + url.password + url.search + url.hash !== "") {
    throw new Error("Cannot use BUILDKITE_API_URL: it is not an address; give https://host or https://host/path");
  }
  // People also give it as the documentation writes it, with the version.
  return { origin: url.origin, href: `${url.origin}${url.pathname.replace(/(?:\/v2)?\/?$/, "")}` };
}

/** Far more than what we ask for; but a whole log has up to 1 GiB, and a proxy may ignore that we want its end. */
const largestAnswer = 16 * 1024 * 1024;

class AnswerTooLarge extends Error {}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop ends the transfer.
    if (size > largestAnswer) throw new AnswerTooLarge(`its answer is larger than ${largestAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const RefusalBody = z.object({
  message: optionalText,
  errors: optional(z.array(z.unknown())),
  reset: optional(z.number().nonnegative()),
});

/** The edge in front of Buildkite answers with HTML. */
function readRefusal(body: Buffer): { readonly reason: string; readonly resetSeconds: number | null } {
  try {
    const { message, errors, reset } = RefusalBody.parse(JSON.parse(body.toString("utf8")));
    const details = errors === null || errors === undefined ? "" : ` ${JSON.stringify(errors)}`;
    return { reason: `${message ?? ""}${details}`, resetSeconds: reset ?? null };
  } catch {
    return { reason: "", resetSeconds: null };
  }
}

const longestWaitMs = 120_000;

/** Until the windows that are used up have passed: there is one for the organization and one for the user. */
function waitOf(headers: Headers, resetSeconds: number | null): number {
  const waits = ["ratelimit", "ratelimit-user"].flatMap((window) => {
    const reset = headers.get(`${window}-reset`) ?? "";
    return headers.get(`${window}-remaining`) === "0" && /^\d{1,6}$/.test(reset) ? [Number(reset)] : [];
  });
  if (resetSeconds !== null) waits.push(resetSeconds);
  // Nobody says for how long: windows are a minute.
  const seconds = waits.length === 0 ? 60 : Math.max(...waits);
  return Math.min(longestWaitMs, seconds * 1000 + 500);
}
