import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { startServer } from "../../sandbox/http.ts";
import { BuildkiteRefused, BuildkiteUnclear, type NewBuild } from "../../src/buildkite/client.ts";
import { JobId, Organization, Pipeline } from "../../src/domain/ids.ts";
import { Hopeless, Later } from "../../src/later.ts";
import { FakeClock } from "../harness/clock.ts";
import { errorOf, organization, ref, token, useClients } from "./clients.ts";

const { sharedBudget, start, startStrange, answering } = useClients();

const analytics = { organization, pipeline: Pipeline.parse("analytics") };
const someJob = JobId.parse("d6768791-c4eb-4801-a06b-25989e3de8e5");

const restBuild = {
  id: "50cdf952-8886-446e-af8c-02a9f1875796",
  number: 7,
  state: "failed",
  branch: "main",
  url: "https://api.buildkite.com/v2/organizations/acme-inc/pipelines/web/builds/7",
};
const restJob = { id: someJob, type: "script", name: "Specs", state: "failed" };

describe("build", () => {
  it("is the build with the jobs that did not pass, retried ones among them", async () => {
    await using world = await start();
    const { buildkite, client } = world;
    const build = buildkite.build("web", { branch: "main", message: "Round half-even" }).start();
    build.job("Lint").pass();
    const first = build.job("Specs", { stepKey: "specs" }).fail({ exitStatus: 3, retryable: true });
    const second = first.retry().timeOut();
    const expired = build.job("Deploy").expire();
    const canceled = build.job("Docs").cancel();
    build.finish();

    const found = await client.build(ref(1));

    expect(found?.build).toMatchObject({ ...ref(1), state: "failed", branch: "main", message: "Round half-even" });
    expect(found?.build).toMatchObject({ pipelineName: "Web", defaultBranch: "main" });
    expect(found?.jobs.map(({ id, state, exitStatus }) => [id, state, exitStatus])).toEqual([
      [first.id, "failed", 3],
      [second.id, "timed_out", -1],
      [expired.id, "expired", null],
      [canceled.id, "canceled", null],
    ]);
    expect(found?.jobs.find(({ id }) => id === first.id)).toMatchObject({ key: "specs", retriedIn: second.id });
    expect(buildkite.requests.map(({ name }) => name)).toEqual(["builds.get", "jobs.list"]);
  });

  it("is null when it is not there, or not for us to see", async () => {
    await using world = await start();
    world.buildkite.build("web");

    expect(await world.client.build(ref(2))).toBeNull();
    expect(await world.client.build({ ...analytics, number: 1 })).toBeNull();
    const elsewhere = { ...ref(1), organization: Organization.parse("another-organization") };
    expect(await world.client.build(elsewhere)).toBeNull();
  });

  it("has the jobs of all pages, up to 500", async () => {
    await using world = await start();
    const { buildkite, client } = world;
    const some = buildkite.build("web").start();
    const failed = Array.from({ length: 250 }, (_, i) => some.job(`Shard ${i}`).fail().id);
    const many = buildkite.build("web").start();
    for (let i = 0; i < 620; i += 1) many.job(`Shard ${i}`).fail();

    expect((await client.build(ref(1)))?.jobs.map(({ id }) => id)).toEqual(failed);
    expect((await client.build(ref(2)))?.jobs).toHaveLength(500);
    expect(buildkite.requests.filter(({ name }) => name === "jobs.list")).toHaveLength(3 + 5);
  });

  it("follows no page to another host, and sends nothing there", async () => {
    const stolen: unknown[] = [];
    const thief = await startServer((request) => {
      stolen.push(request.headers.authorization);
      return { status: 200, body: { items: [] } };
    });
    const strange = await startStrange(({ path }) => {
      const next = `${thief.url}${path}?after=x`;
      return { status: 200, body: path.endsWith("/jobs") ? { items: [restJob], links: { next } } : restBuild };
    });

    expect((await strange.client.build(ref(7)))?.jobs).toHaveLength(1);
    expect(stolen).toEqual([]);
    await Promise.all([thief.stop(), strange.stop()]);
  });

  it("takes of the next page's address nothing but the query", async () => {
    const paths: string[] = [];
    const strange = await startStrange(({ path, query, headers }) => {
      paths.push(`${path}?${query.get("after") ?? ""}`);
      const next = `http://${headers.host}/v2/access-token?after=x`;
      if (!path.endsWith("/jobs")) return { status: 200, body: restBuild };
      return { status: 200, body: query.has("after") ? { items: [] } : { items: [restJob], links: { next } } };
    });
    await strange.client.build(ref(7));

    const build = "/v2/organizations/acme-inc/pipelines/web/builds/7";
    expect(paths).toEqual([`${build}?`, `${build}/jobs?`, `${build}/jobs?x`]);
    await strange.stop();
  });

  it("leaves out jobs that it cannot read, and hides the secrets in commands", async () => {
    const items = [{ id: 5 }, null, { ...restJob, name: null, command: "deploy --token abc123" }];
    const strange = await startStrange(({ path }) => ({
      status: 200,
      body: path.endsWith("/jobs") ? { items, links: null } : restBuild,
    }));

    expect((await strange.client.build(ref(7)))?.jobs.map(({ name }) => name)).toEqual(["deploy --token *****"]);
    await strange.stop();
  });

  it.each([
    ["of another build", JSON.stringify({ ...restBuild, number: 8, url: restBuild.url.replace(/7$/, "8") })],
    ["that is no build", '{"id":1}'],
    ["that is no JSON", "<html>"],
  ])("fails on an answer %s", async (_, body) => {
    const error = await errorOf(answering(() => new Response(body)).build(ref(7)));

    expect(error.message).toMatch(/^Cannot read build acme-inc\/web#7: /);
    expect(error).not.toBeInstanceOf(Hopeless);
  });
});

describe("logTail", () => {
  it("is the whole of a short log", async () => {
    await using world = await start();
    const job = world.buildkite.build("web").start().job("Specs").fail({ log: "1 failed" });

    expect(await world.client.logTail(ref(1), JobId.parse(job.id))).toBe(job.log.text);
  });

  it("is the end of a long log, from the beginning of a line", async () => {
    await using world = await start();
    const job = world.buildkite.build("web").start().job("Specs");
    for (let i = 0; i < 2000; i += 1) job.print(`${i} ünïcödé ${"x".repeat(50)}`);
    job.fail();
    const tail = (await world.client.logTail(ref(1), JobId.parse(job.id))) ?? "";

    expect(tail.length).toBeGreaterThan(60_000);
    expect(Buffer.byteLength(tail)).toBeLessThan(65_536);
    expect(job.log.text.endsWith(`\r\n${tail}`)).toBe(true);
  });

  it("is null where there is none", async () => {
    await using world = await start();
    const build = world.buildkite.build("web").start();
    const trigger = build.trigger("Deploy", { pipeline: "deploy" });
    const silent = build.job("Specs").expire();

    expect(await world.client.logTail(ref(1), JobId.parse(trigger.id))).toBeNull();
    expect(await world.client.logTail(ref(1), JobId.parse(silent.id))).toBeNull();
    expect(await world.client.logTail(ref(1), someJob)).toBeNull();
    expect(await world.client.logTail(ref(9), JobId.parse(silent.id))).toBeNull();
    expect(world.buildkite.requests.map(({ status }) => status)).toEqual([404, 416, 404, 404]);
  });

  const long = "y".repeat(70_000);
  it.each([
    ["the whole log, when the range was ignored", 200, {}, `old\n${long}\nnew\n`, "new\n"],
    ["a short log, when the range was ignored", 200, {}, "a\nb\n", "a\nb\n"],
    ["a range that begins at the beginning", 206, { "content-range": "bytes 0-3/4" }, "a\nb\n", "a\nb\n"],
    ["a range that does not say where it begins", 206, {}, "a\nb\n", "b\n"],
    ["a tail of progress", 206, {}, "1%\r50%\r100%", "50%\r100%"],
    ["a tail of a single line", 206, {}, "PASSWORD-was-cut-off", null],
    ["nothing but blanks", 200, {}, " \r\n\n", null],
    ["nothing", 206, {}, "", null],
  ])("reads %s", async (_, status, headers, body, tail) => {
    const client = answering(() => new Response(body, { status, headers: new Headers(headers) }));

    expect(await client.logTail(ref(1), someJob)).toBe(tail);
  });

  it("reads a tail that begins inside of a character, and one that is no text", async () => {
    const bytes = Buffer.concat([Buffer.from("😀\n").subarray(2), Buffer.from("ok \n"), Buffer.from([0xff, 0x0a])]);
    const client = answering(() => new Response(bytes, { status: 206 }));

    expect(await client.logTail(ref(1), someJob)).toBe("ok \n\ufffd\n");
  });

  it("gives up on a log that comes in full and does not end", async () => {
    let canceled = false;
    const endless = () =>
      new ReadableStream({
        pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024)),
        cancel: () => {
          canceled = true;
        },
      });
    const error = await errorOf(answering(() => new Response(endless())).logTail(ref(1), someJob));

    expect(error).toBeInstanceOf(Hopeless);
    expect(canceled).toBe(true);
  });
});

const input: NewBuild = {
  commit: "HEAD",
  branch: "main",
  message: "Analyse web #1",
  author: { name: "Ada Lovelace", email: "ada@example.com" },
  env: { TRIGGERED_FROM_BUILD_NUMBER: "1" },
  metaData: { "signalbox:source": "50cdf952/failed", "signalbox:kind": "follow-up" },
};
const source = { key: "signalbox:source", value: "50cdf952/failed" };

describe("createBuild and findBuild", () => {
  it("create a build that can be found by its meta-data", async () => {
    await using world = await start();
    const { buildkite, client } = world;
    buildkite.build("analytics");
    expect(await client.findBuild(analytics, source)).toBeNull();

    expect(await client.createBuild(analytics, input)).toBe(2);
    buildkite.build("analytics");

    expect(await client.findBuild(analytics, source)).toBe(2);
    expect(await client.findBuild(analytics, { ...source, value: "50cdf952/passed" })).toBeNull();
    const created = buildkite.builds("analytics")[1];
    expect(created).toMatchObject({ commit: "HEAD", branch: "main", message: "Analyse web #1", author: input.author });
    expect(created).toMatchObject({ metaData: input.metaData, options: { env: input.env } });
  });

  it("take no build for found that does not carry the meta-data", async () => {
    const others = [{ number: 1 }, { number: 2, meta_data: { "signalbox:source": "other" } }];

    expect(await answering(() => Response.json(others)).findBuild(analytics, source)).toBeNull();
  });

  it.each<[string, Fault]>([
    ["it is not known", { kind: "status", status: 502 }],
    ["it is not known", { kind: "status", status: 500, after: true }],
    ["the connection ends", { kind: "drop" }],
    ["the connection ends", { kind: "drop", after: true }],
    ["no answer comes in time", { kind: "hang", after: true }],
    ["the answer makes no sense", { kind: "status", status: 201, body: "<html>", after: true }],
  ])("say that the build may exist when %s: %o", async (_, fault) => {
    await using world = await start({ timeoutMs: 100 });
    const { buildkite, client } = world;
    buildkite.pipeline("analytics");
    buildkite.faults.next("builds.create", fault);

    const error = await errorOf(client.createBuild(analytics, input));

    expect(error).toBeInstanceOf(BuildkiteUnclear);
    expect(error.message).toMatch(
      /^Cannot create a build of acme-inc\/analytics: .*; it may have happened all the same$/,
    );
    const exists = "after" in fault && fault.after === true;
    expect(await client.findBuild(analytics, source)).toBe(exists ? 1 : null);
  });

  it("say that it certainly does not when Buildkite refuses", async () => {
    await using world = await start();
    const { buildkite, client } = world;

    expect(await errorOf(client.createBuild(analytics, input))).toMatchObject({
      name: "Hopeless",
      message: "Cannot create a build of acme-inc/analytics: Buildkite answered 404 (No pipeline found)",
    });
    buildkite.pipeline("analytics");
    buildkite.faults.next("builds.create", { kind: "error", error: "Branches have been disabled for this pipeline" });
    expect(await errorOf(client.createBuild(analytics, input))).toBeInstanceOf(Hopeless);
    expect(await errorOf(client.createBuild(analytics, { ...input, branch: "" }))).toMatchObject({
      name: "Hopeless",
      message: expect.stringMatching(/answered 422 \(Validation Failed .*"field":"branch"/),
    });
    buildkite.faults.next("builds.create", { kind: "rateLimited", retryAfterSeconds: 3 });
    expect(await errorOf(client.createBuild(analytics, input))).toBeInstanceOf(Later);
    expect(buildkite.builds("analytics")).toEqual([]);
  });

  it("say that it certainly does not when nobody listens", async () => {
    const gone = await startServer(() => ({ status: 200 }));
    await gone.stop();
    const error = await errorOf(sharedBudget(new FakeClock()).client({ url: gone.url }).createBuild(analytics, input));

    expect(error).not.toBeInstanceOf(BuildkiteUnclear);
    expect(error.message).toBe("Cannot create a build of acme-inc/analytics: the connection to Buildkite failed");
    expect(error.cause).toBeInstanceOf(Error);
  });
});

describe("the client", () => {
  it.each<[string, Fault]>([
    ["an error of the server", { kind: "status", status: 503, body: "<html>" }],
    ["a connection that ends", { kind: "drop" }],
    ["no answer in time", { kind: "hang" }],
  ])("fails in a way that is worth another try on %s", async (_, fault) => {
    await using world = await start({ timeoutMs: 100 });
    world.buildkite.build("web");
    world.buildkite.faults.next("builds.get", fault);

    const error = await errorOf(world.client.build(ref(1)));

    expect(error.name).toBe("Error");
    expect(error.message).toMatch(/^Cannot read build acme-inc\/web#1: /);
    expect(await world.client.build(ref(1))).not.toBeNull();
  });

  it("names the scope that the token lacks", async () => {
    await using world = await start({ scopes: ["read_builds"] });
    const job = world.buildkite.build("web").start().job("Specs").fail();

    const error = await errorOf(world.client.logTail(ref(1), JobId.parse(job.id)));

    expect(error).toBeInstanceOf(BuildkiteRefused);
    expect(error.message).toMatch(/give it the scope read_build_logs$/);
  });

  it("says what to do when the token is not accepted, and never shows it", async () => {
    await using world = await start({ token: "another" });
    const error = await errorOf(world.client.build(ref(1)));
    expect(error).toBeInstanceOf(BuildkiteRefused);
    expect(error.message).toMatch(/check BUILDKITE_API_TOKEN$/);

    for (const status of [401, 403, 422, 500]) {
      const echo = answering(() => Response.json({ message: `no: ${token}`, errors: [token] }, { status }));
      expect((await errorOf(echo.build(ref(1)))).message).not.toContain(token.slice(5));
    }
  });

  it("follows no redirect", async () => {
    let visits = 0;
    const elsewhere = await startServer(() => {
      visits += 1;
      return { status: 200, body: restBuild };
    });
    const strange = await startStrange(() => ({ status: 302, headers: { location: elsewhere.url } }));

    const error = await errorOf(strange.client.build(ref(7)));
    expect(error).toBeInstanceOf(BuildkiteRefused);
    expect(error.message).toMatch(/check BUILDKITE_API_URL$/);
    expect(visits).toBe(0);
    await Promise.all([elsewhere.stop(), strange.stop()]);
  });

  it.each(["", "/", "/v2", "/v2/", "/proxy/buildkite", "/proxy/buildkite/", "/proxy/v2"])(
    "takes an address that ends in %o",
    async (path) => {
      const paths: string[] = [];
      const strange = await startServer((request) => {
        paths.push(request.path);
        return { status: 404 };
      });
      await sharedBudget(new FakeClock())
        .client({ url: `${strange.url}${path}` })
        .build(ref(7));

      const prefix = path.replace(/(\/v2)?\/?$/, "");
      expect(paths).toEqual([`${prefix}/v2/organizations/acme-inc/pipelines/web/builds/7`]);
      await strange.stop();
    },
  );

  it.each([
    [{ token: "two words" }],
    [{ token: "line\nbreak" }],
    [{ url: "buildkite.com" }],
    [{ url: "ftp://api.buildkite.com" }],
    [{ url: "https://bob:hunter2@api.buildkite.com" }],
  ])("refuses settings that cannot work, and does not quote them: %o", (options) => {
    const create = () => sharedBudget(new FakeClock()).client({ url: "https://api.buildkite.com", ...options });

    expect(create).toThrow(/^Cannot use BUILDKITE_API_/);
    expect(create).not.toThrow(Object.values(options)[0]);
  });

  it("counts its calls by what came of them", async () => {
    await using world = await start({ scopes: ["read_builds"] });
    const job = world.buildkite.build("web").start().job("Specs").fail();
    await world.client.build(ref(1));
    await world.client.build(ref(2));
    await errorOf(world.client.logTail(ref(1), JobId.parse(job.id)));

    const { values } = await world.metrics.calls.get();
    expect(values.map(({ labels, value }) => `${labels.method} ${labels.result} ${value}`)).toEqual([
      "builds.get ok 1",
      "jobs.list ok 1",
      "builds.get nothing 1",
      "jobs.log BuildkiteRefused 1",
    ]);
  });
});

describe("the rate limit", () => {
  it("is kept by all clients together, without asking for more", async () => {
    await using world = await start();
    const { buildkite, client, another, clock } = world;
    clock.advance(20_000);
    const asked = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? client : another).build(ref(1)).catch((e) => e));
    const outcomes = await Promise.all(asked);

    const late = outcomes.filter((outcome) => outcome instanceof Later);
    expect(late).toHaveLength(20);
    expect(new Set(late.map(({ at }) => at - clock.now()))).toEqual(new Set([40_000]));
    expect(buildkite.requests).toHaveLength(40);
    clock.advance(40_000);
    expect(await client.build(ref(1))).toBeNull();
  });

  it("stops all clients when Buildkite says so, for as long as it says", async () => {
    await using world = await start();
    const { buildkite, client, another, clock } = world;
    buildkite.faults.next("builds.get", { kind: "rateLimited", retryAfterSeconds: 42 });

    expect(await errorOf(client.build(ref(1)))).toMatchObject({ name: "Later", at: clock.now() + 42_500 });
    clock.advance(42_499);
    expect(await errorOf(another.build(ref(1)))).toMatchObject({ name: "Later", at: clock.now() + 1 });
    expect(buildkite.requests).toHaveLength(1);
    clock.advance(1);
    expect(await another.build(ref(1))).toBeNull();
  });

  const windows = (organization: string, user: string) => ({
    "RateLimit-Remaining": organization,
    "RateLimit-Reset": "7",
    "RateLimit-User-Remaining": user,
    "RateLimit-User-Reset": "42",
  });
  it.each([
    ["the organization's window", windows("0", "5"), "{}", 7_500],
    ["the user's window", windows("80", "0"), "{}", 42_500],
    ["the later of both", windows("0", "0"), "{}", 42_500],
    ["the body", windows("80", "35"), '{"reset":3}', 3_500],
    ["the latest of all", windows("0", "35"), '{"reset":50.5}', 51_000],
    ["two minutes at most", windows("80", "35"), '{"reset":100000}', 120_000],
    ["a minute when nobody says", {}, "<html>", 60_500],
    [
      "a minute when all say nonsense",
      { "RateLimit-Remaining": "0", "RateLimit-Reset": "soon" },
      '{"reset":-1}',
      60_500,
    ],
  ])("waits for %s", async (_, headers, body, wait) => {
    const clock = new FakeClock();
    const client = answering(() => new Response(body, { status: 429, headers: new Headers(headers) }), clock);

    expect(await errorOf(client.build(ref(1)))).toMatchObject({ name: "Later", at: clock.now() + wait });
  });
});
