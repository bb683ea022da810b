import { describe, expect, it } from "vitest";
import type { Fault } from "../../sandbox/faults.ts";
import { BuildkiteUnclear } from "../../src/buildkite/client.ts";
import { JobId } from "../../src/domain/ids.ts";
import { Hopeless, Later } from "../../src/later.ts";
import { minute, second } from "../harness/clock.ts";
import { errorOf, ref, token, useClients } from "./clients.ts";

const { start, answering } = useClients();

const canceledBuild = {
  kind: "refused",
  reason: "Jobs from canceled builds cannot be retried",
  permanent: true,
  offer: "rebuild",
};

/** After which nobody knows whether the request had its effect. */
const unclear: readonly (readonly [string, Fault])[] = [
  ["an error of the server", { kind: "status", status: 502 }],
  ["an error of the server after the effect", { kind: "status", status: 500, after: true }],
  ["a connection that ends", { kind: "drop", after: true }],
  ["no answer in time", { kind: "hang", after: true }],
  ["an answer without sense", { kind: "status", status: 200, body: "<html>", after: true }],
];

describe("retryFailedJobs", () => {
  it("retries what failed hard, and not what failed softly or was canceled", async () => {
    await using world = await start();
    const { buildkite, client } = world;
    const build = buildkite.build("web").start();
    const jobs = {
      passed: build.job("Build").pass(),
      failed: build.job("Specs").fail(),
      timedOut: build.job("Browser").timeOut(),
      expired: build.job("Deploy").expire(),
      soft: build.job("Audit", { softFail: true }).fail(),
      canceled: build.job("Docs").cancel(),
    };
    build.finish();
    buildkite.take();

    expect(await client.retryFailedJobs(ref(1))).toEqual({ kind: "retried", jobs: 3 });

    const retried = Object.entries(jobs).filter(([, job]) => job.retriedIn !== null);
    expect(retried.map(([name]) => name)).toEqual(["failed", "timedOut", "expired"]);
    expect(build.state).toBe("running");
    expect(buildkite.calls("builds.retryFailedJobs")).toBe(1);
    expect(buildkite.requests).toHaveLength(1);
  });

  it("retries canceled jobs when told to", async () => {
    await using world = await start();
    const build = world.buildkite.build("web").start();
    build.job("Audit", { softFail: true }).fail();
    const canceled = build.job("Docs").cancel();
    build.finish();

    expect(await world.client.retryFailedJobs(ref(1))).toEqual({ kind: "nothing", state: "failed" });
    expect(await world.client.retryFailedJobs(ref(1), { canceled: true })).toEqual({ kind: "retried", jobs: 1 });
    expect(canceled.retriedIn?.by?.name).toBe("ci-bot");
  });

  it("finds nothing to do when somebody was faster, and says how the build is", async () => {
    await using world = await start();
    const { buildkite, client, another } = world;
    const build = buildkite.build("web").start();
    const job = build.job("Specs").fail();
    build.finish();

    const answers = await Promise.all([client.retryFailedJobs(ref(1)), another.retryFailedJobs(ref(1))]);
    expect(answers.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))).toEqual([
      { kind: "nothing", state: "running" },
      { kind: "retried", jobs: 1 },
    ]);
    job.retriedIn?.job.pass();
    build.finish();
    expect(await client.retryFailedJobs(ref(1))).toEqual({ kind: "nothing", state: "passed" });
  });

  it("may find nothing although the new jobs are not there yet", async () => {
    await using world = await start();
    const { buildkite, client, another } = world;
    const build = buildkite.build("web").start();
    build.job("Specs").fail();
    build.finish();
    buildkite.holdRetries();

    expect(await client.retryFailedJobs(ref(1))).toEqual({ kind: "retried", jobs: 1 });
    expect(await another.retryFailedJobs(ref(1))).toEqual({ kind: "nothing", state: "failed" });
    expect((await client.build(ref(1)))?.build.state).toBe("failed");
    buildkite.releaseRetries();
    expect((await client.build(ref(1)))?.build.state).toBe("running");
  });

  it("finds nothing when the pipeline forbids to retry", async () => {
    await using world = await start();
    const build = world.buildkite.build("web").start();
    build.job("Deploy", { manualRetry: { allowed: false } }).fail();
    build.finish();

    expect(await world.client.retryFailedJobs(ref(1))).toEqual({ kind: "nothing", state: "failed" });
  });

  it("offers to rebuild a canceled build, however Buildkite puts it", async () => {
    await using world = await start();
    const build = world.buildkite.build("web").start();
    build.job("Specs").fail();
    build.cancel();
    const silent = answering(() => Response.json({ state: "canceled", retried_jobs_count: 0 }, { status: 202 }));

    expect(await world.client.retryFailedJobs(ref(1))).toEqual(canceledBuild);
    expect(await silent.retryFailedJobs(ref(1))).toEqual(canceledBuild);
  });

  it("offers to rebuild a build whose parent was canceled", async () => {
    await using world = await start();
    const parent = world.buildkite.build("root").start();
    const child = parent.trigger("Web", { pipeline: "web" }).start();
    child.job("Specs").fail();
    child.finish();
    parent.job("Docs").start();
    parent.cancel();

    expect(await world.client.retryFailedJobs(ref(1))).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining("in a canceled build"),
      offer: "rebuild",
    });
  });

  it.each(unclear)("is unclear after %s, and may be asked for again", async (_, fault) => {
    await using world = await start({ timeoutMs: 100 });
    const { buildkite, client } = world;
    const build = buildkite.build("web").start();
    const job = build.job("Specs").fail();
    build.finish();
    buildkite.faults.next("builds.retryFailedJobs", fault);

    const error = await errorOf(client.retryFailedJobs(ref(1)));

    expect(error).toBeInstanceOf(BuildkiteUnclear);
    expect(error.message).toMatch(/^Cannot retry the failed jobs of build acme-inc\/web#1: /);
    const effective = "after" in fault && fault.after === true;
    expect((await client.retryFailedJobs(ref(1))).kind).toBe(effective ? "nothing" : "retried");
    expect(job.retriedIn).not.toBeNull();
    expect(build.jobs).toHaveLength(2);
  });
});

describe("retryJob", () => {
  it("answers with the new job, once", async () => {
    await using world = await start();
    const { buildkite, client } = world;
    const build = buildkite.build("web").start();
    const job = build.job("Specs").fail();
    build.job("Lint").fail();
    build.finish();

    const first = await client.retryJob(ref(1), JobId.parse(job.id));

    expect(first).toEqual({ kind: "retried", job: job.retriedIn?.job.id });
    expect(await client.retryJob(ref(1), JobId.parse(job.id))).toEqual({ kind: "already" });
    expect(build.jobs).toHaveLength(3);
    expect(buildkite.calls("jobs.retry")).toBe(2);
  });

  it("is refused in the words of Buildkite", async () => {
    await using world = await start();
    const { buildkite, client } = world;
    const build = buildkite.build("web").start();
    const running = build.job("Specs").start();
    const forbidden = build.job("Deploy", { manualRetry: { allowed: false, reason: "Deploy anew instead" } }).fail();
    const canceled = buildkite.build("web").start();
    const gone = canceled.job("Specs").fail();
    canceled.cancel();
    const retry = (number: number, id: string) => client.retryJob(ref(number), JobId.parse(id));

    const refused = { kind: "refused", offer: null };
    expect(await retry(1, running.id)).toEqual({
      ...refused,
      reason: "Only failed, timed out or canceled jobs can be retried",
      permanent: false,
    });
    expect(await retry(1, forbidden.id)).toEqual({ ...refused, reason: "Deploy anew instead", permanent: true });
    expect(await retry(1, gone.id)).toEqual({ ...refused, reason: "No job found", permanent: true });
    expect(await retry(2, gone.id)).toEqual(canceledBuild);
  });

  it.each(unclear)("is unclear after %s", async (_, fault) => {
    await using world = await start({ timeoutMs: 100 });
    const job = world.buildkite.build("web").start().job("Specs").fail();
    world.buildkite.faults.next("jobs.retry", fault);

    expect(await errorOf(world.client.retryJob(ref(1), JobId.parse(job.id)))).toBeInstanceOf(BuildkiteUnclear);
  });
});

describe("rebuild and findRebuild", () => {
  it("make a new build that can be found", async () => {
    await using world = await start();
    const { buildkite, client, clock } = world;
    buildkite.build("web", { branch: "main" }).finish();
    const asked = clock.now();
    expect(await client.findRebuild(ref(1), asked)).toBeNull();

    expect(await client.rebuild(ref(1))).toEqual({ kind: "rebuilt", number: 2 });
    buildkite.build("web");

    expect(await client.findRebuild(ref(1), asked)).toBe(2);
    expect(await client.findRebuild(ref(2), asked)).toBeNull();
    expect(buildkite.builds("web")[1]).toMatchObject({ source: "api", branch: "main" });
    expect(buildkite.calls("builds.rebuild")).toBe(1);
  });

  it("find the newest since then, and none from before", async () => {
    await using world = await start();
    const { buildkite, client, clock } = world;
    const build = buildkite.build("web").finish();
    build.rebuild();
    clock.advance(minute);
    const asked = clock.now();
    expect(await client.findRebuild(ref(1), asked)).toBeNull();

    clock.advance(second);
    build.rebuild();
    build.rebuild().rebuild();

    expect(await client.findRebuild(ref(1), asked)).toBe(4);
  });

  it("find one that Buildkite's clock calls a little older", async () => {
    await using world = await start();
    const { buildkite, client, clock } = world;
    buildkite.build("web").finish().rebuild();

    expect(await client.findRebuild(ref(1), clock.now() + 5 * second)).toBe(2);
  });

  it("find one behind many other builds, but do not say that there is none when there are too many to look at", async () => {
    await using world = await start();
    const { buildkite, client, clock } = world;
    buildkite.build("web").finish().rebuild();
    for (let i = 0; i < 250; i += 1) buildkite.build("web");
    expect(await client.findRebuild(ref(1), clock.now())).toBe(2);

    for (let i = 0; i < 250; i += 1) buildkite.build("web");
    const error = await errorOf(client.findRebuild(ref(1), clock.now()));
    expect(error).toBeInstanceOf(Hopeless);
    expect(error.message).toMatch(/^Cannot look for a rebuild of build acme-inc\/web#1: /);
  });

  it("take no older build for it when the other side ignores the filter", async () => {
    const created_at = "2026-09-21T09:00:00.000Z";
    const client = answering(() => Response.json([{ number: 2, created_at, rebuilt_from: { number: 1 } }]));

    expect(await client.findRebuild(ref(1), Date.UTC(2026, 8, 21, 10))).toBeNull();
    expect(await client.findRebuild(ref(1), Date.UTC(2026, 8, 21, 9))).toBe(2);
  });

  it("are refused where the pipeline does not allow rebuilds", async () => {
    await using world = await start();
    world.buildkite.pipeline("web", { allowRebuilds: false });
    world.buildkite.build("web").finish();

    expect(await world.client.rebuild(ref(1))).toEqual({
      kind: "refused",
      reason: "Rebuilds are not allowed for this pipeline",
      permanent: true,
      offer: null,
    });
    expect(world.buildkite.builds("web")).toHaveLength(1);
  });

  it.each(unclear)("are unclear after %s, until one looks", async (_, fault) => {
    await using world = await start({ timeoutMs: 100 });
    const { buildkite, client, clock } = world;
    buildkite.build("web").finish();
    buildkite.faults.next("builds.rebuild", fault);

    const error = await errorOf(client.rebuild(ref(1)));

    expect(error).toBeInstanceOf(BuildkiteUnclear);
    expect(error.message).toMatch(/^Cannot rebuild build acme-inc\/web#1: .*; it may have happened all the same$/);
    const exists = "after" in fault && fault.after === true;
    expect(await client.findRebuild(ref(1), clock.now())).toBe(exists ? 2 : null);
  });
});

describe("reruns", () => {
  const asks = ["retryFailedJobs", "rebuild"] as const;

  it.each(asks)("say what the token lacks: %s", async (ask) => {
    await using world = await start({ scopes: ["read_builds"] });
    const { buildkite, client } = world;
    buildkite.build("web").finish();
    expect(await client[ask](ref(1))).toEqual({
      kind: "refused",
      reason:
        "The API token may not do that (Your access token doesn't have the write_builds scope); give it the scope write_builds",
      permanent: false,
      offer: null,
    });

    buildkite.faults.next("*", { kind: "status", status: 403, body: { message: "Forbidden" } });
    expect(await client[ask](ref(1))).toMatchObject({
      reason: "The API token may not do that (Forbidden); give its user access to the pipeline",
      permanent: false,
    });
  });

  it.each(asks)("say that the token is not accepted: %s", async (ask) => {
    await using world = await start({ token: "another" });

    expect(await world.client[ask](ref(1))).toMatchObject({
      kind: "refused",
      reason: expect.stringMatching(/^The API token is not accepted .*; check BUILDKITE_API_TOKEN$/),
      permanent: false,
    });
  });

  it.each(asks)("say that there is no such build: %s", async (ask) => {
    await using world = await start();
    world.buildkite.build("web");

    expect(await world.client[ask](ref(2))).toEqual({
      kind: "refused",
      reason: "No build found",
      permanent: true,
      offer: null,
    });
  });

  it.each([
    ["a secret", `no: ${token}`, "no: *****"],
    ["several lines", "no\n\u202edrow", "nodrow"],
    ["a novel", "no ".repeat(1000), "no ".repeat(100).trim()],
    ["nothing", "", "Buildkite answered 422 and gave no reason"],
  ])("pass on a reason of %s as one safe line", async (_, message, reason) => {
    const client = answering(() => Response.json({ message }, { status: 422 }));

    expect(await client.rebuild(ref(1))).toMatchObject({ kind: "refused", reason });
  });

  it("wait when Buildkite says so, and did nothing", async () => {
    await using world = await start();
    const { buildkite, client, clock } = world;
    buildkite.build("web").finish();
    buildkite.faults.next("builds.rebuild", { kind: "rateLimited", retryAfterSeconds: 42 });

    expect(await errorOf(client.rebuild(ref(1)))).toMatchObject({ name: "Later", at: clock.now() + 42_500 });
    expect(buildkite.builds("web")).toHaveLength(1);
  });

  it("have a reserve that the background cannot use up", async () => {
    await using world = await start();
    const { buildkite, client } = world;
    buildkite.build("web").finish();
    for (let i = 0; i < 40; i += 1) await client.findBuild(ref(1), { key: "a", value: "b" });
    expect(await errorOf(client.build(ref(1)))).toBeInstanceOf(Later);

    expect(await client.rebuild(ref(1))).toMatchObject({ kind: "rebuilt" });
    for (let i = 0; i < 9; i += 1) await client.findRebuild(ref(1), 0);
    expect(await errorOf(client.rebuild(ref(1)))).toBeInstanceOf(Later);
    expect(buildkite.requests).toHaveLength(50);
  });

  it("are counted by what came of them", async () => {
    await using world = await start();
    world.buildkite.build("web").finish();
    await world.client.rebuild(ref(1));
    await world.client.rebuild(ref(9));

    const { values } = await world.metrics.calls.get();
    expect(values.map(({ labels, value }) => `${labels.method} ${labels.result} ${value}`)).toEqual([
      "builds.rebuild ok 1",
      "builds.rebuild refused 1",
    ]);
  });
});
