/** The one door to GitHub's API, through a real server: what it costs, when it waits, and what its failures mean. */
import { describe, expect, it } from "vitest";
import { GithubRefused, type GithubRequest, GithubUnclear } from "../../src/github/client.ts";
import { Later } from "../../src/later.ts";
import { hour, minute, second } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { appKey, githubEnvironment } from "./environment.ts";
import { ref, startStage } from "./stage.ts";

const redis = useRedis();
const web = ref("acme/web");
const readme: GithubRequest = {
  name: "repos.getContent",
  method: "GET",
  path: "/repos/{owner}/{repo}/contents/{path}",
  parameters: { path: "README.md" },
  accept: "application/vnd.github.raw+json",
};
const check = (sha: string): GithubRequest => ({
  name: "checks.create",
  method: "POST",
  path: "/repos/{owner}/{repo}/check-runs",
  parameters: { name: "Signalbox: web", head_sha: sha, status: "queued" },
});
const query = "query($owner: String!) { repositoryOwner(login: $owner) { login } }";

/** What a call failed with. */
async function failure(call: Promise<unknown>): Promise<Error> {
  try {
    await call;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error("Cannot find the failure: the call succeeded");
}

async function waits(call: Promise<unknown>): Promise<number> {
  const error = await failure(call);
  if (!(error instanceof Later)) throw error;
  return error.at;
}

describe("a call", () => {
  it("is made as the installation that has the repository, by one token", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    expect(await client.call(web, readme)).toMatchObject({ status: 200, data: "# acme/web" });
    expect(await client.call(ref("acme/api"), readme)).toMatchObject({ status: 200, data: "# acme/api" });
    expect(standIn.requests.map(({ name }) => name)).toEqual([
      "apps.getRepoInstallation",
      "apps.createInstallationAccessToken",
      "repos.getContent",
      "repos.getContent",
    ]);
  });

  it("has answers that are expected, and others that are refusals", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    const missing: GithubRequest = { ...readme, parameters: { path: "none.yml" } };
    expect(await client.call(web, { ...missing, expected: [404] })).toMatchObject({ status: 404 });
    const error = await failure(client.call(web, missing));
    expect(error).toMatchObject({ name: "GithubRefused", status: 404 });
    expect(error.message).toBe("GitHub refused repos.getContent: 404 (Not Found)");
    const invalid = await failure(client.call(web, check("0".repeat(40))));
    expect(invalid).toBeInstanceOf(GithubRefused);
    expect(invalid.message).toContain("No commit found for SHA");
  });

  it("gets a fresh token when its own has ended or was revoked", async () => {
    const { client, standIn, clock } = await startStage(redis);
    const tip = standIn.repository("acme/web").tip();
    standIn.install("acme");
    await client.call(web, readme);
    standIn.revokeTokens();
    await client.call(web, check(tip));
    clock.advance(2 * hour);
    await client.call(web, readme);
    expect(standIn.calls("apps.createInstallationAccessToken")).toBe(3);
    expect(standIn.repository("acme/web").checks.of(tip)).toHaveLength(1);
  });

  it.each([500, 502, 503])("answered by %i may have had its effect", async (status) => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    standIn.faults.next("checks.create", { kind: "status", status, after: true });
    const error = await failure(client.call(web, check(standIn.repository("acme/web").tip())));
    expect(error).toBeInstanceOf(GithubUnclear);
  });

  it("that is dropped, or takes too long, may have had its effect", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    const tip = standIn.repository("acme/web").tip();
    standIn.faults.next("checks.create", { kind: "drop", after: true });
    expect(await failure(client.call(web, check(tip)))).toBeInstanceOf(GithubUnclear);
    standIn.faults.next("checks.create", { kind: "hang", after: true });
    expect(await failure(client.call(web, check(tip)))).toBeInstanceOf(GithubUnclear);
    standIn.faults.release();
  });

  it("that got no token was certainly not made", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    const tip = standIn.repository("acme/web").tip();
    standIn.faults.next("apps.createInstallationAccessToken", { kind: "drop" });
    const dropped = await failure(client.call(web, check(tip)));
    expect(dropped.message).toBe("Cannot authenticate for checks.create: GitHub did not answer");
    standIn.faults.next("apps.createInstallationAccessToken", { kind: "status", status: 502 });
    const broken = await failure(client.call(web, check(tip)));
    expect(broken.message).toBe("Cannot authenticate for checks.create: GitHub answered 502 (fault: 502)");
    expect([dropped, broken].some((error) => error instanceof GithubUnclear)).toBe(false);
    expect(standIn.calls("checks.create")).toBe(0);
  });

  it("that nobody listens to was certainly not made", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    await client.call(web, readme);
    await standIn.stop();
    const error = await failure(client.call(web, check("0".repeat(40))));
    expect(error.message).toBe("Cannot call checks.create: the connection to GitHub failed");
  });

  it("with another key than the app's says which settings to look at", async () => {
    const { standIn, another } = await startStage(redis, { APP_ID: "4712" });
    standIn.install("acme");
    const client = await another();
    const error = await failure(client.callAsApp({ name: "apps.getAuthenticated", method: "GET", path: "/app" }));
    expect(error.message).toBe("GitHub refused apps.getAuthenticated: 404 (Integration not found)");
  });

  it("works at a GitHub Enterprise Server", async () => {
    const plain = await startStage(redis);
    const { standIn } = plain;
    standIn.install("acme");
    const { client, standIn: server } = await startStage(redis);
    server.install("acme");
    expect(client.host).toBe("127.0.0.1");
    const { another } = await startStage(redis, { GITHUB_API_URL: `${standIn.url}/api/v3`, GHE_HOST: "git.acme.dev" });
    const enterprise = await another();
    expect(enterprise.host).toBe("git.acme.dev");
    expect(await enterprise.call(web, readme)).toMatchObject({ data: "# acme/web" });
    await enterprise.graphql(web, "owner", query, { owner: "acme" }).catch(() => undefined);
    expect(standIn.calls("graphql")).toBe(1);
  });

  it("is counted, by name and what came of it", async () => {
    const { client, standIn, metrics } = await startStage(redis);
    standIn.install("acme");
    await client.call(web, readme);
    await failure(client.call(web, { ...readme, parameters: { path: "none" } }));
    const text = await metrics.registry.metrics();
    expect(text).toContain('signalbox_calls_total{service="github",method="repos.getContent",result="ok"} 1');
    expect(text).toContain(
      'signalbox_calls_total{service="github",method="repos.getContent",result="GithubRefused"} 1',
    );
  });

  it("leaves no key and no token in the log or in an error", async () => {
    const { client, standIn, log } = await startStage(redis);
    standIn.install("acme");
    for (const name of ["apps.createInstallationAccessToken", "repos.getContent"]) {
      for (const fault of [
        { kind: "status", status: 500 },
        { kind: "error", error: "No." },
        { kind: "drop" },
      ] as const) {
        standIn.faults.next(name, fault);
        const error = await failure(client.call(web, readme));
        log.logger.error({ err: error }, "it failed");
        log.logger.error({ err: error.cause }, "because");
      }
    }
    expect(log.take()).toHaveLength(12);
    expect(log.text).not.toMatch(/ghs_|eyJ|PRIVATE KEY|github-secret/);
    expect(log.text).not.toContain(githubEnvironment.PRIVATE_KEY.split("\n")[1]);
    expect(appKey.length).toBeGreaterThan(1000);
  });
});

describe("limits", () => {
  it("that are used up stop all processes until they are reset, and no other installation", async () => {
    const { client, another, standIn, clock } = await startStage(redis);
    standIn.install("acme");
    standIn.install("other");
    standIn.faults.next("repos.getContent", { kind: "rateLimited", retryAfterSeconds: null });
    const until = await waits(client.call(web, readme));
    expect(until).toBe(clock.now() + hour);
    const asked = standIn.calls("repos.getContent");
    const second2 = await another();
    expect(await waits(second2.call(ref("acme/api"), readme))).toBe(until);
    clock.advance(hour - second);
    expect(await waits(client.call(web, check(standIn.repository("acme/web").tip())))).toBe(until);
    expect(standIn.calls("repos.getContent")).toBe(asked);
    expect(standIn.calls("checks.create")).toBe(0);
    expect(await client.call(ref("other/lib"), readme)).toMatchObject({ status: 200 });
    clock.advance(second);
    expect(await client.call(web, readme)).toMatchObject({ status: 200 });
  });

  it("of the second kind are waited for as long as GitHub says, for GraphQL too", async () => {
    const { client, standIn, clock } = await startStage(redis);
    standIn.install("acme");
    standIn.faults.next("repos.getContent", { kind: "rateLimited", retryAfterSeconds: 90 });
    const until = await waits(client.call(web, readme));
    expect(until).toBe(clock.now() + 90 * second);
    expect(await waits(client.graphql(web, "owner", query, {}))).toBe(until);
    expect(standIn.calls("graphql")).toBe(0);
  });

  it("of the second kind without a time are waited for a minute", async () => {
    const { client, standIn, clock } = await startStage(redis);
    standIn.install("acme");
    const body = { message: "You have exceeded a secondary rate limit and have been temporarily blocked." };
    standIn.faults.next("repos.getContent", { kind: "status", status: 403, body });
    expect(await waits(client.call(web, readme))).toBe(clock.now() + minute);
    clock.advance(minute);
    standIn.faults.next("repos.getContent", { kind: "status", status: 429, body: "" });
    expect(await waits(client.call(web, readme))).toBe(clock.now() + minute);
  });

  it("of the app itself stop what needs a new token, and no more", async () => {
    const { client, standIn, clock } = await startStage(redis);
    standIn.install("acme");
    standIn.install("other");
    await client.call(web, readme);
    standIn.faults.next("apps.getRepoInstallation", { kind: "rateLimited", retryAfterSeconds: 30 });
    expect(await waits(client.call(ref("other/lib"), readme))).toBe(clock.now() + 30 * second);
    expect(await client.call(web, readme)).toMatchObject({ status: 200 });
    standIn.revokeTokens();
    expect(await waits(client.call(web, readme))).toBe(clock.now() + 30 * second);
    expect(standIn.calls("apps.createInstallationAccessToken")).toBe(1);
  });

  it.each([{ type: "RATE_LIMIT", code: "graphql_rate_limit" }, { type: "RATE_LIMITED" }])(
    "of GraphQL are told in an answer that looks well, and are its own: %j",
    async (error) => {
      const { client, standIn, clock } = await startStage(redis);
      standIn.install("acme");
      const body = { errors: [{ ...error, message: "API rate limit exceeded" }] };
      const headers = { "x-ratelimit-reset": String(clock.now() / 1000 + 600), "content-type": "application/json" };
      standIn.faults.next("graphql", { kind: "status", status: 200, body, headers });
      expect(await waits(client.graphql(web, "owner", query, {}))).toBe(clock.now() + 10 * minute);
      expect(await waits(client.graphql(web, "owner", query, {}))).toBe(clock.now() + 10 * minute);
      expect(await client.call(web, readme)).toMatchObject({ status: 200 });
      expect(standIn.calls("graphql")).toBe(1);
    },
  );

  const tooMuch = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  it.each([
    ["as long as GitHub says", { message: tooMuch }, { "retry-after": "90" }, 90],
    ["as long as GitHub says, whatever its window", { type: "RATE_LIMIT" }, { "retry-after": "90" }, 90],
    ["a minute, without a time", { message: tooMuch }, {}, 60],
  ])("of the second kind are told by GraphQL thus too, and waited for %s", async (_, error, headers, seconds) => {
    const { client, standIn, clock } = await startStage(redis);
    standIn.install("acme");
    const reset = String(clock.now() / 1000 + 600);
    const all = { "x-ratelimit-reset": reset, "content-type": "application/json", ...headers };
    standIn.faults.next("graphql", { kind: "status", status: 200, body: { errors: [error] }, headers: all });
    const until = await waits(client.graphql(web, "owner", query, {}));
    expect(until).toBe(clock.now() + seconds * second);
    expect(await waits(client.call(web, readme))).toBe(until);
  });
});

describe("GraphQL", () => {
  const answer = (body: object) => ({ kind: "status" as const, status: 200, body });

  it("gives what is there when only some of it was not found", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    const data = { one: { id: 1 }, two: null };
    standIn.faults.next("graphql", answer({ data, errors: [{ type: "NOT_FOUND", message: "no such commit" }] }));
    expect(await client.graphql(web, "commits", query, {})).toEqual(data);
  });

  it("says whether it was refused, or ended half-way", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    standIn.faults.next("graphql", answer({ data: null, errors: [{ type: "NOT_FOUND", message: "no such owner" }] }));
    expect((await failure(client.graphql(web, "owner", query, {}))).message).toBe(
      "GitHub refused owner: 200 (no such owner)",
    );
    standIn.faults.next("graphql", answer({ data: { one: null }, errors: [{ message: "timeout" }] }));
    expect(await failure(client.graphql(web, "owner", query, {}))).toBeInstanceOf(GithubUnclear);
  });
});

describe("a conditional request", () => {
  const conditional: GithubRequest = { ...readme, conditional: true };

  it("costs nothing while the answer is the same, in any process", async () => {
    const { client, another, standIn, metrics } = await startStage(redis);
    standIn.install("acme");
    const first = await client.call(web, conditional);
    const used = standIn.used("acme");
    expect(await client.call(web, conditional)).toMatchObject({ status: 200, data: first?.data });
    expect(await (await another()).call(web, conditional)).toMatchObject({ status: 200, data: "# acme/web" });
    expect(standIn.used("acme")).toBe(used);
    expect(await metrics.registry.metrics()).toContain('method="repos.getContent",result="unchanged"} 2');
  });

  it("gives what is new", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    await client.call(web, conditional);
    standIn.repository("acme/web").commit({ files: { "README.md": "# Other" } });
    expect(await client.call(web, conditional)).toMatchObject({ data: "# Other" });
    expect(await client.call(web, conditional)).toMatchObject({ data: "# Other" });
  });

  it("of another repository, or for another form, is another", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    await client.call(web, conditional);
    expect(await client.call(ref("acme/api"), conditional)).toMatchObject({ data: "# acme/api" });
    const { accept: _, ...json } = conditional;
    expect(await client.call(web, json)).toMatchObject({ data: { type: "file" } });
  });

  it("of what is too large to keep is asked for whole", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    standIn.repository("acme/web").commit({ files: { "README.md": "x".repeat(300_000) } });
    await client.call(web, conditional);
    const used = standIn.used("acme");
    await client.call(web, conditional);
    expect(standIn.used("acme")).toBe(used + 1);
  });
});

describe("an answer that points elsewhere", () => {
  const headersTo = (location: string) => ({ location });

  it("is followed to another address of the API, by the same method", async () => {
    const { client, standIn } = await startStage(redis);
    standIn.install("acme");
    const tip = standIn.repository("acme/web").tip();
    const moved = { kind: "status", status: 307, body: "", headers: headersTo("/repos/acme/api/check-runs") } as const;
    standIn.faults.next("checks.create", moved);
    const error = await failure(client.call(web, check(tip)));
    expect(error.message).toContain("No commit found for SHA");
    expect(standIn.requests.at(-1)).toMatchObject({ method: "POST", path: "/repos/acme/api/check-runs" });
  });

  it("is never followed to another host, to which a token would go", async () => {
    const { client, standIn } = await startStage(redis);
    const elsewhere = await startStage(redis);
    standIn.install("acme");
    const headers = headersTo(`${elsewhere.standIn.url}/repos/acme/web/contents/README.md`);
    standIn.faults.next("repos.getContent", { kind: "status", status: 301, body: "", headers });
    expect((await failure(client.call(web, readme))).message).toBe(
      "GitHub refused repos.getContent: 301 (it points elsewhere; check GITHUB_API_URL)",
    );
    expect(elsewhere.standIn.requests).toEqual([]);
  });
});
