/** The front door of the Slack stand-in: reads a request, checks token and scopes, runs the method, words the answer. */
import type { Instant } from "../../src/clock.ts";
import type { Fault, Faults, Refusal } from "../faults.ts";
import type { HttpAnswer, HttpHandler, HttpReply, HttpRequest } from "../http.ts";
import { readArguments, type SentArguments, SlackRefusal } from "./arguments.ts";
import type { Fields, Method, SlackRules } from "./call.ts";
import type { Workspace } from "./workspace.ts";

export interface SlackCall {
  readonly method: string;
  /** Decoded, without the token. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly at: Instant;
  /** What went wrong on purpose. */
  readonly fault: Fault | null;
  /** It took effect, whatever the caller was told. */
  readonly accepted: boolean;
  /** The error that Slack gave. */
  readonly error: string | null;
}

export interface SlackApiOptions {
  readonly token: string;
  readonly scopes: readonly string[];
  readonly workspace: Workspace;
  readonly methods: Readonly<Record<string, Method>>;
  readonly rules: SlackRules;
  readonly faults: Faults;
  readonly onCall: (call: SlackCall) => void;
}

export interface SlackApi {
  readonly handle: HttpHandler;
  readonly calls: SlackCall[];
  readonly unknownMethods: readonly string[];
}

export function createSlackApi(options: SlackApiOptions): SlackApi {
  const { token, scopes, workspace, methods, rules, faults, onCall } = options;
  const calls: SlackCall[] = [];
  const unknownMethods: string[] = [];

  function has(scope: string): boolean {
    return scopes.includes(scope);
  }

  function need(scope: string): void {
    if (!has(scope)) throw new SlackRefusal("missing_scope", { needed: scope, provided: scopes.join(",") });
  }

  function carryOut(name: string, sent: SentArguments): Fields {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new SlackRefusal("unknown_method", { req_method: name });
    if (sent.error !== null) throw new SlackRefusal(sent.error);
    if (sent.token === null) throw new SlackRefusal("not_authed");
    if (sent.token !== token) throw new SlackRefusal("invalid_auth");
    if (method.scope !== null) need(method.scope);
    return method.run({ args: sent.arguments, workspace, rules, has, need });
  }

  async function handle(request: HttpRequest): Promise<HttpReply> {
    const name = /^\/api\/([A-Za-z.]+)$/.exec(request.path)?.[1];
    return name === undefined ? { status: 404, body: "not a method of the Web API" } : answer(name, request);
  }

  async function answer(name: string, request: HttpRequest): Promise<HttpReply> {
    if (!Object.hasOwn(methods, name)) unknownMethods.push(name);
    const sent = readArguments(request);
    const fault = faults.take(name);
    const call: { -readonly [K in keyof SlackCall]: SlackCall[K] } = {
      method: name,
      args: sent.arguments.toRecord(),
      at: workspace.clock.now(),
      fault,
      accepted: false,
      error: null,
    };
    calls.push(call);

    function conclude(error: string | null, fields: Fields): HttpAnswer {
      call.accepted = error === null;
      call.error = error;
      onCall(call);
      const headers = { "x-oauth-scopes": scopes.join(",") };
      const body = error === null ? { ok: true, ...fields } : { ok: false, error, ...fields };
      return { status: 200, headers, body };
    }

    function run(): HttpAnswer {
      try {
        return conclude(null, carryOut(name, sent));
      } catch (refusal) {
        if (!(refusal instanceof SlackRefusal)) throw refusal;
        return conclude(refusal.error, refusal.details);
      }
    }

    function refuse(refusal: Refusal): HttpAnswer {
      if (refusal.kind === "error") return conclude(refusal.error, {});
      const limited = { ...conclude("ratelimited", {}), status: 429 };
      if (refusal.retryAfterSeconds === null) return limited;
      return { ...limited, headers: { ...limited.headers, "retry-after": String(refusal.retryAfterSeconds) } };
    }

    return faults.carryOut(fault, { run, refuse });
  }

  return { handle, calls, unknownMethods };
}
