/** The front door of the Slack stand-in: reads a request, checks token and scopes, runs the method, words the answer. */
import type { Faults, Refusal } from "../faults.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "../http.ts";
import { readArguments, type SentArguments, SlackRefusal } from "./arguments.ts";
import type { Fields, Method, SlackRules } from "./call.ts";
import type { CallLog } from "./call-log.ts";
import type { Grant, Installations } from "./installations.ts";

export type { SlackCall } from "./call-log.ts";

export interface SlackApiOptions {
  readonly installations: Installations;
  readonly methods: Readonly<Record<string, Method>>;
  readonly rules: SlackRules;
  readonly faults: Faults;
  readonly log: CallLog;
}

export interface SlackApi {
  /** Answers a call of the method of this name. */
  answer(name: string, request: HttpRequest): Promise<HttpReply>;
  readonly unknownMethods: readonly string[];
}

export function createSlackApi(options: SlackApiOptions): SlackApi {
  const { installations, methods, rules, faults, log } = options;
  const unknownMethods: string[] = [];

  function carryOut(name: string, sent: SentArguments): Fields {
    const open = installations.openMethods.get(name);
    if (open !== undefined) return open(sent.arguments);
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw new SlackRefusal("unknown_method", { req_method: name });
    if (sent.error !== null) throw new SlackRefusal(sent.error);
    const { workspace, views, scopes } = authorize(sent.token);

    function has(scope: string): boolean {
      return scopes.includes(scope);
    }

    function need(scope: string): void {
      if (!has(scope)) throw new SlackRefusal("missing_scope", { needed: scope, provided: scopes.join(",") });
    }

    if (method.scope !== null) need(method.scope);
    return method.run({ args: sent.arguments, workspace, views, rules, has, need });
  }

  function authorize(token: string | null): Grant {
    if (token === null) throw new SlackRefusal("not_authed");
    const grant = installations.find(token);
    if (grant === undefined) throw new SlackRefusal("invalid_auth");
    if (grant.ended !== null) throw new SlackRefusal(grant.ended);
    return grant;
  }

  async function answer(name: string, request: HttpRequest): Promise<HttpReply> {
    if (!Object.hasOwn(methods, name) && !installations.openMethods.has(name)) unknownMethods.push(name);
    const sent = readArguments(request);
    const fault = faults.take(name);
    const grant = sent.token === null ? undefined : installations.find(sent.token);
    const team = grant?.workspace.installation.teamId ?? null;
    const done = log.begin({ method: name, args: sent.arguments.toRecord(), team, fault });

    function conclude(error: string | null, fields: Fields): HttpAnswer {
      done(error);
      const headers: Record<string, string> = grant === undefined ? {} : { "x-oauth-scopes": grant.scopes.join(",") };
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

  return { answer, unknownMethods };
}
