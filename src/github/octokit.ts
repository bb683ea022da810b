/**
 * GitHub's API by Probot's Octokit: authentication as the app and as its installations. Every answer is an answer here,
 * whatever its status; an error means that there was none.
 *
 * What Probot and Octokit do beyond that is switched off: they would wait and try again inside a job. Both belong to the
 * engine, where they survive a restart, and where a pause is for all processes.
 */
import { ProbotOctokit } from "probot";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { GithubSettings } from "../github-settings.ts";
import type { GithubAnswer } from "./client.ts";
import { createFetch } from "./fetch.ts";
import { createJwtSigner } from "./jwt.ts";

export interface Route {
  readonly method: string;
  /** Below the address of the API; or whole. */
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Octokits {
  asApp(route: Route): Promise<GithubAnswer>;
  /** @param token Of `newToken`. */
  withToken(token: string, route: Route): Promise<GithubAnswer>;
  /** @returns GitHub's answer when it gives none. */
  newToken(installation: number): Promise<Token | GithubAnswer>;
}

export interface OctokitOptions {
  readonly settings: GithubSettings;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const nothing = (): void => undefined;
/** Octokit logs the bodies of requests. */
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const Token = z.object({
  token: z.string().min(1),
  expiresAt: z
    .string()
    .transform((time) => Date.parse(time))
    .pipe(z.number()),
});
export type Token = z.infer<typeof Token>;
/** Of Octokit's error for an answer that says no. */
const Refusal = z.object({
  response: z.object({
    status: z.number(),
    headers: z.record(z.string(), z.union([z.string(), z.number()]).optional()),
    data: z.unknown(),
  }),
});

export function createOctokits({ settings, timeoutMs, clock }: OctokitOptions): Octokits {
  const { appId, privateKey, apiUrl } = settings;
  const Octokit = ProbotOctokit.defaults({
    baseUrl: apiUrl,
    userAgent: "signalbox",
    log: silent,
    request: { fetch: createFetch({ apiUrl, timeoutMs }) },
    retry: { enabled: false },
    throttle: { enabled: false },
  });
  const app = new Octokit({ auth: { appId, createJwt: createJwtSigner(privateKey, clock) } });
  // Its own authentication as an installation tries again for seconds when a token is refused: so it is only asked for
  // the token, and this one sends it.
  const bare = new Octokit({ authStrategy: undefined });

  const send = (octokit: typeof app, { method, path, parameters, headers }: Route): Promise<GithubAnswer> =>
    answerOf(octokit.request({ ...parameters, method, url: path, headers }));

  return {
    asApp: (route) => send(app, route),
    withToken: (token, route) =>
      send(bare, { ...route, headers: { ...route.headers, authorization: `token ${token}` } }),
    async newToken(installationId) {
      try {
        // Its own memory of tokens goes by the computer's clock, and does not say when it will ask GitHub.
        return Token.parse(await app.auth({ type: "installation", installationId, refresh: true }));
      } catch (error) {
        return answerIn(error);
      }
    },
  };
}

async function answerOf(sent: Promise<GithubAnswer>): Promise<GithubAnswer> {
  try {
    const { status, headers, data } = await sent;
    return whole({ status, headers, data });
  } catch (error) {
    return answerIn(error);
  }
}

function answerIn(error: unknown): GithubAnswer {
  const refusal = Refusal.safeParse(error);
  if (!refusal.success) throw error;
  return whole(refusal.data.response);
}

/** Text of a kind that Octokit does not know comes as bytes; JSON that is broken comes as text. */
function whole(answer: GithubAnswer): GithubAnswer {
  const { data, headers, status } = answer;
  if (data instanceof ArrayBuffer) return { ...answer, data: Buffer.from(data).toString("utf8") };
  const isJson = /^application\/json\b/.test(String(headers["content-type"]));
  if (status < 300 && isJson && typeof data === "string") throw new Error("Cannot read GitHub's answer: broken JSON");
  return answer;
}
