/**
 * One call to GitHub's API, and what its failure means: whether it certainly had no effect (`GithubRefused`, `Later` when
 * told to wait, any other error that says so), or may have had one (`GithubUnclear`).
 */
import type { Clock } from "../clock.ts";
import type { Organization } from "../domain/ids.ts";
import { maskSecrets } from "../domain/secrets.ts";
import { Later } from "../later.ts";
import type { Metrics } from "../metrics.ts";
import { neverSent } from "../never-sent.ts";
import type { Pauses } from "../slack/client.ts";
import type { Etags, StoredAnswer } from "../state/etags.ts";
import { toLine } from "../values.ts";
import { type GithubAnswer, GithubRefused, type GithubRequest, GithubUnclear } from "./client.ts";
import { messageOf, pauseAfter, type Resource } from "./limits.ts";
import type { Octokits, Route, Token } from "./octokit.ts";

/** Whom GitHub sees: the app itself, or one of its installations. */
export type Identity =
  | { readonly kind: "app" }
  | { readonly kind: "installation"; readonly id: number; readonly organization: Organization };

/** GitHub gives no token for an installation: it is gone or suspended. The call was not made. */
export class NotInstalled extends Error {
  override readonly name = "NotInstalled";
}

export interface CallOptions {
  readonly octokits: Octokits;
  readonly pauses: Pauses;
  readonly etags: Etags;
  readonly clock: Clock;
  readonly metrics: Metrics;
}

export interface Call {
  (as: Identity, request: GithubRequest, resource?: Resource): Promise<GithubAnswer>;
  /** Until then nobody asks, in any process. @returns what to throw. */
  pause(as: Identity, name: string, until: number, resources: readonly Resource[]): Promise<Later>;
}

const app: Identity = { kind: "app" };
/** A token must outlive the call that it is for. */
const aboutToEnd = 60_000;

export function createCall({ octokits, pauses, etags, clock, metrics }: CallOptions): Call {
  /** By installation. In this process only: another one asks for its own, and nothing secret is kept in Redis. */
  const tokens = new Map<number, Token>();

  async function pause(as: Identity, name: string, until: number, resources: readonly Resource[]): Promise<Later> {
    await Promise.all(resources.map((resource) => pauses.set(pauseOf(as, resource), Math.ceil(until), clock.now())));
    return new Later(`GitHub asked to wait with ${name}`, until);
  }

  async function waitFor(as: Identity, name: string, resource: Resource): Promise<void> {
    const until = await pauses.until(pauseOf(as, resource));
    if (until !== null && until > clock.now()) throw new Later(`GitHub asked to wait with ${name}`, until);
  }

  async function heed(as: Identity, name: string, answer: GithubAnswer, resource: Resource): Promise<void> {
    const told = pauseAfter(answer, resource, clock.now());
    if (told !== null) throw await pause(as, name, told.until, told.resources);
  }

  async function tokenOf(installation: number, name: string): Promise<string> {
    const known = tokens.get(installation);
    if (known !== undefined && known.expiresAt - clock.now() > aboutToEnd) return known.token;
    await waitFor(app, name, "rest");
    const answer = await octokits.newToken(installation).catch((cause: unknown) => {
      throw new Error(`Cannot authenticate for ${name}: GitHub did not answer`, { cause });
    });
    if ("token" in answer) {
      tokens.set(installation, answer);
      return answer.token;
    }
    await heed(app, name, answer, "rest");
    const { status } = answer;
    if (status === 403 || status === 404) {
      throw new NotInstalled(`Cannot call ${name}: the installation is gone or suspended${hintOf(answer)}`);
    }
    if (status === 401) throw new GithubRefused(name, status, `${hintOf(answer)}; check APP_ID and PRIVATE_KEY`);
    throw new Error(`Cannot authenticate for ${name}: GitHub answered ${status}${hintOf(answer)}`);
  }

  async function exchange(as: Identity, name: string, route: Route): Promise<GithubAnswer> {
    if (as.kind === "app") return clearly(name, octokits.asApp(route));
    const answer = await clearly(name, octokits.withToken(await tokenOf(as.id, name), route));
    if (answer.status !== 401) return answer;
    // Revoked, and nothing was done.
    tokens.delete(as.id);
    return clearly(name, octokits.withToken(await tokenOf(as.id, name), route));
  }

  async function ask(
    as: Identity,
    request: GithubRequest,
    resource: Resource,
  ): Promise<readonly [GithubAnswer, string]> {
    const { name, method, path, parameters = {}, accept } = request;
    const kept = method === "GET" && request.conditional === true ? keptUnder(as, request) : null;
    const known = kept === null ? null : await etags.get(...kept);
    const headers = { ...(accept && { accept }), ...(known && { "if-none-match": known.etag }) };
    const answer = await exchange(as, name, { method, path, parameters, headers });
    if (answer.status === 304 && known !== null) return [answerOf(known), "unchanged"];
    await heed(as, name, answer, resource);
    if (answer.status < 300 && kept !== null) await keep(kept, answer);
    if (answer.status < 300 || request.expected?.includes(answer.status)) return [answer, "ok"];
    throw refusal(as, name, answer);
  }

  async function keep(under: readonly [Organization, readonly string[]], answer: GithubAnswer): Promise<void> {
    const { etag, link } = answer.headers;
    if (etag === undefined) return;
    const { status, data } = answer;
    await etags.set(...under, { etag: String(etag), status, data, ...(link !== undefined && { link: String(link) }) });
  }

  const call = async (as: Identity, request: GithubRequest, resource: Resource = "rest"): Promise<GithubAnswer> => {
    const { name } = request;
    await waitFor(as, name, resource);
    const count = (result: string): void => metrics.calls.inc({ service: "github", method: name, result });
    try {
      const [answer, result] = await ask(as, request, resource);
      count(result);
      return answer;
    } catch (error) {
      count(error instanceof Error ? error.name : "Error");
      throw error;
    }
  };
  return Object.assign(call, { pause });
}

/** Limits are an installation's, and the app's own. */
function pauseOf(as: Identity, resource: Resource): string {
  return `github:${as.kind === "app" ? "app" : as.id}:${resource}`;
}

function keptUnder(as: Identity, request: GithubRequest): readonly [Organization, readonly string[]] | null {
  if (as.kind === "app") return null;
  const parameters = JSON.stringify(request.parameters ?? {});
  return [as.organization, [String(as.id), request.path, parameters, request.accept ?? ""]];
}

function answerOf({ status, data, link }: StoredAnswer): GithubAnswer {
  return { status, data, headers: link === undefined ? {} : { link } };
}

function refusal(as: Identity, name: string, answer: GithubAnswer): Error {
  const { status } = answer;
  if (status >= 500 || status === 408) {
    return new GithubUnclear(name, { cause: new Error(`GitHub answered ${status}${hintOf(answer)}`) });
  }
  if (status < 400) return new GithubRefused(name, status, " (it points elsewhere; check GITHUB_API_URL)");
  const remedy = status === 401 && as.kind === "app" ? "; check APP_ID and PRIVATE_KEY" : "";
  return new GithubRefused(name, status, hintOf(answer) + remedy);
}

/** In GitHub's own words, in one line that is safe to log. */
function hintOf({ data }: GithubAnswer): string {
  const said = toLine(maskSecrets(messageOf(data)), 300);
  return said === null ? "" : ` (${said})`;
}

async function clearly(name: string, answer: Promise<GithubAnswer>): Promise<GithubAnswer> {
  try {
    return await answer;
  } catch (cause) {
    throw neverSent(cause)
      ? new Error(`Cannot call ${name}: the connection to GitHub failed`, { cause })
      : new GithubUnclear(name, { cause });
  }
}
