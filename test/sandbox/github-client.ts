/** Somebody who talks to the GitHub stand-in through its front door, with nothing of ours in between. */
import { createSign, generateKeyPairSync } from "node:crypto";
import { type Github, type GithubOptions, startGithub } from "../../sandbox/github/index.ts";
import { FakeClock } from "../harness/clock.ts";

export const appId = 29_310;
export const repo = "/repos/acme/web";
const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = keys.publicKey.export({ type: "spki", format: "pem" }).toString();

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions say what it is
  readonly json: any;
}

export interface Started {
  readonly github: Github;
  readonly clock: FakeClock;
  /** As the app. */
  app(request: string, body?: object, claims?: object): Promise<Answer>;
  /** As the installation on this account; its token is made by the first request. */
  ask(request: string, body?: object, headers?: Readonly<Record<string, string>>, owner?: string): Promise<Answer>;
  graphql(query: string, variables?: object): Promise<Answer>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** `acme/web` with one commit, and the app on acme. */
export async function startGithubClient(options: Partial<GithubOptions> = {}): Promise<Started> {
  const clock = new FakeClock();
  const github = await startGithub({ clock, appId, key: pem, ...options });
  github.account("ada", { name: "Ada Lovelace" });
  github.repository("acme/web").commit({ message: "Begin", files: { "README.md": "# Web\n" } });
  github.install("acme");
  github.connect({ url: "http://127.0.0.1:1/none", secret: "s" });
  const tokens = new Map<string, string>();

  async function send(request: string, authorization: string | null, body?: object, headers = {}): Promise<Answer> {
    const [method = "GET", path = ""] = request.split(" ");
    const response = await fetch(`${github.url}${path}`, {
      method,
      headers: { ...(authorization !== null && { authorization }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("application/json") === true;
    return { status: response.status, headers: response.headers, json: isJson ? JSON.parse(text) : text };
  }

  const app: Started["app"] = (request, body, claims = {}) => {
    const now = Math.floor(clock.now() / 1000);
    return send(request, `Bearer ${jwt({ iss: appId, iat: now - 60, exp: now + 540, ...claims })}`, body);
  };

  async function tokenOf(owner: string): Promise<string> {
    const { json: installation } = await app(`GET /users/${owner}/installation`);
    const { json } = await app(`POST /app/installations/${installation.id}/access_tokens`);
    tokens.set(owner, json.token);
    return json.token;
  }

  const ask: Started["ask"] = async (request, body, headers = {}, owner = "acme") =>
    send(request, `token ${tokens.get(owner) ?? (await tokenOf(owner))}`, body, headers);

  return {
    github,
    clock,
    app,
    ask,
    graphql: (query, variables = {}) => ask("POST /graphql", { query, variables }),
    [Symbol.asyncDispose]: () => github.stop(),
  };
}

export function jwt(claims: object, key = keys.privateKey): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = `${encode({ alg: "RS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(key, "base64url")}`;
}

/** The pages that `Link` names, such as `next=2`. */
export function pages({ headers }: Answer): string[] {
  return [...(headers.get("link") ?? "").matchAll(/[?&]page=(\d+)[^>]*>; rel="(\w+)"/g)].map(
    ([, page, rel]) => `${rel}=${page}`,
  );
}
