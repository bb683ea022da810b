import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hour, minute } from "../harness/clock.ts";
import { appId, jwt, pages, repo, startGithubClient } from "./github-client.ts";

describe("who may ask the GitHub stand-in", () => {
  it("the app, by a token that it signed, not too long ago and not for too long", async () => {
    await using started = await startGithubClient();
    const { app, clock } = started;
    expect((await app("GET /app")).json).toMatchObject({ id: appId, slug: "signalbox", installations_count: 1 });
    const now = clock.now() / 1000;
    const refused = async (claims: object) => {
      const { status, json } = await app("GET /app", undefined, claims);
      return `${status} ${json.message}`;
    };
    expect(await refused({ exp: now - 1 })).toMatch(/^401 'Expiration time' claim/);
    expect(await refused({ exp: now + 601 })).toMatch(/^401 .*too far in the future/);
    expect(await refused({ iat: now + 60 })).toMatch(/^401 'Issued at' claim/);
    expect(await refused({ iss: 1 })).toBe("404 Integration not found");
  });

  it("nobody with another key, no token, or the wrong kind of token", async () => {
    await using started = await startGithubClient();
    const { github, clock, ask, app } = started;
    const now = Math.floor(clock.now() / 1000);
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const authorization = `Bearer ${jwt({ iss: appId, iat: now, exp: now + 60 }, other)}`;
    expect((await fetch(`${github.url}/app`, { headers: { authorization } })).status).toBe(401);
    expect((await fetch(`${github.url}/app`)).status).toBe(401);
    expect((await ask("GET /app")).status).toBe(401);
    expect((await app(`GET ${repo}`)).status).toBe(403);
  });

  it("an installation for an hour, while it is there and not suspended", async () => {
    await using started = await startGithubClient();
    const { github, clock, ask, app } = started;
    const installation = github.repository("acme/web").installation;
    expect((await ask("GET /repos/Acme/WEB")).json).toMatchObject({ full_name: "acme/web", default_branch: "main" });
    installation?.suspend();
    expect(await ask(`GET ${repo}`)).toMatchObject({ status: 403, json: { message: /suspended/ } });
    expect((await app(`POST /app/installations/${installation?.id}/access_tokens`)).status).toBe(403);
    installation?.unsuspend();
    expect((await ask(`GET ${repo}`)).status).toBe(200);
    clock.advance(hour);
    expect(await ask(`GET ${repo}`)).toMatchObject({ status: 401, json: { message: "Bad credentials" } });
  });

  it("an installation about its own repositories only", async () => {
    await using started = await startGithubClient();
    const { github, ask, app } = started;
    github.repository("other/web").commit();
    expect((await ask("GET /repos/other/web")).status).toBe(404);
    expect((await app("GET /repos/other/web/installation")).status).toBe(404);
    github.install("other");
    expect((await ask("GET /repos/other/web")).status).toBe(404);
    expect((await ask("GET /repos/other/web", undefined, {}, "other")).status).toBe(200);
    expect((await app("GET /repos/other/web/installation")).json.account.login).toBe("other");

    github.repository("acme/docs");
    const listed = await ask("GET /installation/repositories");
    expect(listed.json).toMatchObject({ total_count: 2, repository_selection: "all" });
    github.repository("acme/web").installation?.remove("acme/docs");
    expect((await ask("GET /installation/repositories")).json).toMatchObject({
      repository_selection: "selected",
      repositories: [{ name: "web" }],
    });
    expect((await ask("GET /repos/acme/docs")).status).toBe(404);
  });

  it("no token for more than the installation allows, and none beyond what it was asked for", async () => {
    await using started = await startGithubClient({ permissions: { metadata: "read", checks: "read" } });
    const { github, ask, app } = started;
    const sha = github.repository("acme/web").tip();
    const refused = await ask(`POST ${repo}/check-runs`, { name: "x", head_sha: sha });
    expect(refused).toMatchObject({ status: 403, json: { message: "Resource not accessible by integration" } });
    expect(refused.headers.get("x-accepted-github-permissions")).toBe("checks=write");
    expect((await ask(`GET ${repo}/commits/${sha}/check-runs`)).json).toEqual({ total_count: 0, check_runs: [] });
    const id = github.repository("acme/web").installation?.id;
    const tokens = `POST /app/installations/${id}/access_tokens`;
    expect((await app(tokens, { permissions: { checks: "write" } })).status).toBe(422);
    expect((await app(tokens, { repositories: ["nope"] })).status).toBe(422);
    expect((await app(tokens, { repositories: ["web"] })).json).toMatchObject({
      repository_selection: "selected",
      expires_at: "2026-09-21T11:00:00Z",
      permissions: { checks: "read" },
    });
  });
});

describe("the limits of the GitHub stand-in", () => {
  it("counts what it answers, except what did not change", async () => {
    await using started = await startGithubClient({ requestsPerHour: 2 });
    const { ask, clock, github } = started;
    const first = await ask(`GET ${repo}`);
    const etag = first.headers.get("etag") ?? "";
    expect(first.headers.get("x-ratelimit-remaining")).toBe("1");
    const again = await ask(`GET ${repo}`, undefined, { "if-none-match": etag });
    expect(again.status).toBe(304);
    expect(again.headers.get("x-ratelimit-remaining")).toBe("1");
    expect((await ask(`GET ${repo}/pulls`)).status).toBe(200);
    const refused = await ask(`GET ${repo}/pulls`);
    expect(refused).toMatchObject({ status: 403, json: { message: /^API rate limit exceeded/, status: "403" } });
    expect(refused.headers.get("x-ratelimit-remaining")).toBe("0");
    expect(refused.headers.get("x-ratelimit-reset")).toBe(String((clock.now() + hour) / 1000));
    // GraphQL has a limit of its own.
    expect((await started.graphql("{ rateLimit { cost } }")).json).toEqual({ data: { rateLimit: { cost: 1 } } });
    expect(github.used("acme")).toBe(2);
    clock.advance(55 * minute);
    expect((await ask(`GET ${repo}`)).status).toBe(403);
  });

  it("fails as told: secondary limit, primary limit, a status, a refusal", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    github.faults.next("repos.get", { kind: "rateLimited", retryAfterSeconds: 7 });
    const secondary = await ask(`GET ${repo}`);
    expect(secondary).toMatchObject({ status: 403, json: { message: /secondary rate limit/ } });
    expect(secondary.headers.get("retry-after")).toBe("7");
    github.faults.next("repos.get", { kind: "rateLimited", retryAfterSeconds: null });
    expect((await ask(`GET ${repo}`)).headers.get("x-ratelimit-remaining")).toBe("0");
    github.faults.next("repos.get", { kind: "status", status: 502 });
    expect((await ask(`GET ${repo}`)).status).toBe(502);
    github.faults.next("repos.get", { kind: "error", error: "No" });
    expect(await ask(`GET ${repo}`)).toMatchObject({ status: 422, json: { message: "No" } });
    expect(github.requests.map(({ name, status }) => `${name} ${status}`)).toEqual([
      "apps.getUserInstallation 200",
      "apps.createInstallationAccessToken 201",
      "repos.get 403",
      "repos.get 403",
      "repos.get 502",
      "repos.get 422",
    ]);
    expect(github.calls("repos.get")).toBe(4);
    expect(github.faults.pending()).toEqual([]);
  });

  it("gives lists in pages of at most 100, and says where the others are", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    for (let index = 1; index < 250; index += 1) repository.commit({ message: `Change ${index}` });
    const first = await ask(`GET ${repo}/commits?per_page=500`);
    expect(first.json).toHaveLength(100);
    expect(first.json[0].commit.message).toBe("Change 249");
    expect(pages(first)).toEqual(["next=2", "last=3"]);
    expect(first.headers.get("link")).toContain(`<${github.url}${repo}/commits?per_page=500&page=2>`);
    const last = await ask(`GET ${repo}/commits?per_page=100&page=3`);
    expect(last.json).toHaveLength(50);
    expect(pages(last)).toEqual(["prev=2", "first=1"]);
    expect(pages(await ask(`GET ${repo}/commits?per_page=100&page=9`))).toEqual(["prev=3", "first=1"]);
  });

  it("sends requests for a repository's old name on to the new one", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    github.repository("acme/web").rename("site");
    const answers = await ask(`GET ${repo}/commits?per_page=1`);
    expect(answers).toMatchObject({ status: 200, json: [{ commit: { message: "Begin" } }] });
    expect(github.requests.slice(-2).map(({ status }) => status)).toEqual([301, 200]);
    expect((await ask("GET /repos/acme/site")).json.full_name).toBe("acme/site");
  });

  it("knows the paths of GitHub Enterprise Server, and no others", async () => {
    await using started = await startGithubClient();
    const { ask } = started;
    expect((await ask(`GET /api/v3${repo}`)).status).toBe(200);
    expect((await ask("POST /api/graphql", { query: "{ rateLimit { cost } }" })).status).toBe(200);
    expect(await ask("GET /nope")).toMatchObject({ status: 404, json: { message: "Not Found", status: "404" } });
  });
});
