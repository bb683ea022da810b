import { describe, expect, it } from "vitest";
import { type Buildkite, type BuildkiteOptions, startBuildkite } from "../../sandbox/buildkite/index.ts";
import { fixture, keysOfJson } from "./buildkite-fixtures.ts";

const token = "bkua_secret";
const pipeline = "/v2/organizations/acme-inc/pipelines/payments-api";

function start(options: Partial<BuildkiteOptions> = {}): Promise<Buildkite> {
  return startBuildkite({ clock: { now: () => Date.UTC(2026, 8, 21, 10, 0, 18) }, token, ...options });
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the assertions say what it is
  readonly json: any;
}

async function ask(buildkite: Buildkite, request: string, init: RequestInit = {}): Promise<Answer> {
  const [method = "GET", path = ""] = request.split(" ");
  const headers = { authorization: `Bearer ${token}`, ...init.headers };
  const response = await fetch(`${buildkite.url}${path}`, { method, ...init, headers });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  return { status: response.status, headers: response.headers, text, json: isJson ? JSON.parse(text) : null };
}

/** The story of the fixtures: build 1042, as far as its keys go. */
function build1042(buildkite: Buildkite) {
  buildkite.pipeline("payments-api", { firstBuild: 1042 });
  const build = buildkite.build("payments-api");
  build.job(":pipeline:").pass();
  const shards = [0, 1, 2, 3].map((index) =>
    build.job(":rspec: Specs", { stepKey: "specs", parallel: { index, total: 4 } }).start(),
  );
  const lost = build.job(":rubocop: Lint", { stepKey: "lint" }).loseAgent({ retryable: true });
  lost.retry({ type: "automatic" }).pass();
  build.job(":lock: Audit", { softFail: true }).fail();
  shards[0]?.pass();
  const failed = shards[1]?.fail({ log: "1) Zoë 🚀 rounds half-even" });
  shards[2]?.timeOut();
  shards[3]?.pass();
  build.wait();
  build.job(":package: Package", { waiting: true });
  build.job(":book: Docs").breaks();
  build.finish();
  if (failed === undefined) throw new Error("Cannot tell the story: it has no failed shard");
  return { build, failed, lost };
}

describe("REST API of the Buildkite stand-in", () => {
  it("shows a build with the keys and the counts of the real thing", async () => {
    await using buildkite = await start();
    build1042(buildkite);
    const { status, text, json } = await ask(buildkite, `GET ${pipeline}/builds/1042?include_retried_jobs=true`);
    expect(status).toBe(200);
    expect(keysOfJson(text)).toEqual(keysOfJson(fixture("rest.get-build.with-retried")));
    expect(json).toMatchObject({ number: 1042, state: "failed", finished_at: "2026-09-21T10:00:18.000Z" });
    expect(json.pipeline.provider.webhook_url).toBe("");
    expect(json.job_state_counts).toEqual(JSON.parse(fixture("rest.get-build.with-retried")).job_state_counts);
  });

  it("hides retried jobs in a build and shows them in the list of its jobs", async () => {
    await using buildkite = await start();
    const { lost } = build1042(buildkite);
    const ids = (jobs: readonly { readonly id: string }[]) => jobs.map(({ id }) => id);
    const build = await ask(buildkite, `GET ${pipeline}/builds/1042`);
    const listed = await ask(buildkite, `GET ${pipeline}/builds/1042/jobs`);
    expect(ids(build.json.jobs)).not.toContain(lost.id);
    expect(ids(listed.json.items)).toContain(lost.id);
    const without = await ask(buildkite, `GET ${pipeline}/builds/1042/jobs?include_retried_jobs=false`);
    expect(ids(without.json.items)).toEqual(ids(build.json.jobs));
    const bare = await ask(buildkite, `GET ${pipeline}/builds/1042?exclude_jobs=true&exclude_pipeline=true`);
    expect(Object.keys(bare.json)).not.toContain("jobs");
    expect(Object.keys(bare.json)).not.toContain("pipeline");
  });

  it("lists jobs by state, in pages that link to each other", async () => {
    await using buildkite = await start();
    const { build } = build1042(buildkite);
    const failed = await ask(buildkite, `GET ${pipeline}/builds/1042/jobs?state[]=failed&state[]=timed_out`);
    expect(keysOfJson(failed.text)).toEqual(keysOfJson(fixture("rest.list-jobs.failed")));
    expect(failed.json.items).toHaveLength(4);

    const seen: string[] = [];
    let next: string | undefined = `${buildkite.url}${pipeline}/builds/1042/jobs?per_page=5`;
    let previous: string | undefined;
    while (next !== undefined) {
      const page: Answer = await ask(buildkite, `GET ${next.slice(buildkite.url.length)}`);
      seen.push(...page.json.items.map(({ id }: { id: string }) => id));
      next = page.json.links.next;
      previous = page.json.links.prev;
    }
    expect(seen).toEqual(build.jobs.map(({ id }) => id));
    const back = await ask(buildkite, `GET ${previous?.slice(buildkite.url.length)}`);
    expect(back.json.items.map(({ id }: { id: string }) => id)).toEqual(seen.slice(5, 10));
  });

  it("finds a promised failure among the failed jobs", async () => {
    await using buildkite = await start();
    const job = buildkite.build("payments-api").job("specs").promise(1);
    const failed = await ask(buildkite, `GET ${pipeline}/builds/1/jobs?state[]=failed`);
    expect(failed.json.items).toMatchObject([{ id: job.id, state: "running", promised_exit_status: 1 }]);
    expect((await ask(buildkite, `GET ${pipeline}/builds/1/jobs?state[]=running`)).json.items).toEqual([]);
  });

  it("refuses states, sizes and cursors that it does not know", async () => {
    await using buildkite = await start();
    build1042(buildkite);
    const jobs = `GET ${pipeline}/builds/1042/jobs`;
    for (const query of ["state[]=finished", "per_page=101", "after=a&before=b", "after=nobody"]) {
      expect((await ask(buildkite, `${jobs}?${query}`)).status).toBe(400);
    }
  });

  it("lists builds newest first, by branch, state and meta-data", async () => {
    await using buildkite = await start();
    buildkite.build("payments-api", { metaData: { "signalbox:source-build": "abc" } }).finish();
    buildkite.build("payments-api", { branch: "feature/refunds" }).job("specs").fail();
    buildkite.build("payments-api").block();
    const numbers = async (query: string) =>
      (await ask(buildkite, `GET ${pipeline}/builds?${query}`)).json.map(({ number }: { number: number }) => number);
    expect(await numbers("")).toEqual([3, 2, 1]);
    expect(await numbers("branch=main")).toEqual([3, 1]);
    expect(await numbers("branch[]=feature/*")).toEqual([2]);
    expect(await numbers("state[]=running&state[]=scheduled")).toEqual([2]);
    expect(await numbers("state=finished")).toEqual([3, 1]);
    expect(await numbers("state=blocked")).toEqual([3]);
    expect(await numbers("meta_data[signalbox:source-build]=abc&per_page=1")).toEqual([1]);
    expect(await numbers("meta_data[signalbox:source-build]=other")).toEqual([]);
  });

  it("links the pages of builds, the last without a next", async () => {
    await using buildkite = await start();
    for (const _ of [1, 2, 3]) buildkite.build("payments-api");
    const first = await ask(buildkite, "GET /v2/organizations/acme-inc/builds?per_page=2");
    const link = first.headers.get("link") ?? "";
    expect(link).toBe(
      [
        `<${buildkite.url}/v2/organizations/acme-inc/builds?per_page=2&page=2>; rel="next"`,
        `<${buildkite.url}/v2/organizations/acme-inc/builds?per_page=2&page=2>; rel="last"`,
      ].join(", "),
    );
    const second = await ask(buildkite, "GET /v2/organizations/acme-inc/builds?per_page=2&page=2");
    expect(second.json).toHaveLength(1);
    expect(second.headers.get("link")).not.toContain('rel="next"');
  });
});

describe("retries through the Buildkite stand-in", () => {
  it("answer with the new job, wake the build and are possible once", async () => {
    await using buildkite = await start();
    const { build, failed } = build1042(buildkite);
    buildkite.take();
    const retry = `PUT /v2/organizations/acme-inc/jobs/${failed.id}/retry`;
    const first = await ask(buildkite, retry);
    expect(first.status).toBe(200);
    expect(keysOfJson(first.text)).toEqual(keysOfJson(fixture("rest.retry-job.200")));
    expect(first.json).toMatchObject({ state: "scheduled", retries_count: 1, retry_source: { job_id: failed.id } });
    expect(build.state).toBe("running");
    expect(buildkite.outbox.map(({ event }) => event)).toEqual(["build.running", "job.scheduled"]);
    expect(JSON.parse(buildkite.outbox[1]?.body ?? "").job.retry_source.retried_by).toEqual({
      name: "ci-bot",
      email: "ci-bot@example.com",
    });
    const second = await ask(buildkite, retry);
    expect(second).toMatchObject({ status: 400, json: { message: "Jobs can only be retried once" } });
  });

  it("are refused in the words of Buildkite", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api").start();
    const running = build.job("specs").start();
    const forbidden = build.job("deploy", { manualRetry: { allowed: false, reason: "Deploy again instead" } }).fail();
    const canceled = buildkite.build("payments-api");
    const gone = canceled.job("specs").fail();
    canceled.cancel();
    const retry = async (id: string) => {
      const { status, json } = await ask(buildkite, `PUT ${pipeline}/builds/1/jobs/${id}/retry`);
      return [status, json.message];
    };
    expect(await retry(running.id)).toEqual([400, "Only failed, timed out or canceled jobs can be retried"]);
    expect(await retry(forbidden.id)).toEqual([422, "Deploy again instead"]);
    expect(await retry(gone.id)).toEqual([404, "No job found"]);
    const other = await ask(buildkite, `PUT /v2/organizations/acme-inc/jobs/${gone.id}/retry`);
    expect(other).toMatchObject({ status: 422, json: { message: "Jobs from canceled builds cannot be retried" } });
  });

  it("of all failed jobs count what they start, and start nothing the second time", async () => {
    await using buildkite = await start();
    const { build, failed } = build1042(buildkite);
    const retry = `PUT ${pipeline}/builds/1042/retry_failed_jobs`;
    buildkite.take();
    const body = JSON.stringify({ states: "failed,timed_out,expired" });
    const first = await ask(buildkite, retry, { body });
    expect(first).toMatchObject({ status: 202, json: { state: "failed", retried_jobs_count: 2 } });
    expect(first.json.jobs.map(({ id }: { id: string }) => id)).toContain(failed.id);
    expect(build.state).toBe("running");
    expect(buildkite.take().map(({ event }) => event)).toEqual(["build.running", "job.scheduled", "job.scheduled"]);
    expect((await ask(buildkite, retry, { body })).json.retried_jobs_count).toBe(0);
    expect(buildkite.outbox).toEqual([]);
    expect((await ask(buildkite, retry, { body: '{"states":""}' })).json.retried_jobs_count).toBe(1);
    expect((await ask(buildkite, retry)).json.retried_jobs_count).toBe(0);
    const invalid = await ask(buildkite, retry, { body: JSON.stringify({ states: "invalid" }) });
    expect(invalid).toMatchObject({
      status: 400,
      json: {
        message: "Invalid states: invalid. Valid states are canceled, expired, failed, soft_failed, timed_out.",
      },
    });
    expect((await ask(buildkite, retry, { body: "{" })).status).toBe(400);
    expect(buildkite.calls("builds.retryFailedJobs")).toBe(6);
  });

  it("of all failed jobs come a moment after the answer", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const jobs = ["specs", "lint", "docs"].map((name) => build.job(name).fail());
    const forbidden = build.job("deploy", { manualRetry: { allowed: false } }).fail();
    build.finish();
    buildkite.take();
    buildkite.holdRetries();
    const retry = `PUT ${pipeline}/builds/1/retry_failed_jobs`;

    expect((await ask(buildkite, retry)).json).toMatchObject({ state: "failed", retried_jobs_count: 3 });
    expect((await ask(buildkite, retry)).json).toMatchObject({ state: "failed", retried_jobs_count: 0 });
    expect((await ask(buildkite, `GET ${pipeline}/builds/1`)).json).toMatchObject({ state: "failed" });
    expect(buildkite.outbox).toEqual([]);
    jobs[1]?.retry();
    buildkite.releaseRetries();

    expect(build.state).toBe("running");
    expect(jobs.map(({ retriedIn }) => retriedIn?.by?.name)).toEqual(["ci-bot", undefined, "ci-bot"]);
    expect(forbidden.retriedIn).toBeNull();
    expect(buildkite.outbox.map(({ event }) => event)).toEqual([
      "build.running",
      "job.scheduled",
      "job.scheduled",
      "job.scheduled",
    ]);
  });

  it("of all failed jobs are refused in a build that was canceled, and given up in one that is", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const job = build.job("specs").fail();
    build.job("lint").start();
    buildkite.holdRetries();
    const retry = `PUT ${pipeline}/builds/1/retry_failed_jobs`;

    expect((await ask(buildkite, retry)).json.retried_jobs_count).toBe(1);
    build.cancel();
    buildkite.releaseRetries();

    expect(job.retriedIn).toBeNull();
    expect(await ask(buildkite, retry)).toMatchObject({
      status: 422,
      json: { message: "Jobs from canceled builds cannot be retried" },
    });
  });
});

describe("actions on builds through the Buildkite stand-in", () => {
  it("create a build, which is announced and found again by its meta-data", async () => {
    await using buildkite = await start();
    buildkite.pipeline("ci-analytics");
    const path = "/v2/organizations/acme-inc/pipelines/ci-analytics/builds";
    const body = JSON.stringify({
      commit: "HEAD",
      branch: "main",
      message: "Analyse",
      env: { SOURCE_PIPELINE: "payments-api" },
      meta_data: { "signalbox:source-build": "abc" },
    });
    const created = await ask(buildkite, `POST ${path}`, { body });
    expect(created).toMatchObject({
      status: 201,
      json: { number: 1, state: "scheduled", source: "api", env: { SOURCE_PIPELINE: "payments-api" } },
    });
    expect(created.json.creator.name).toBe("ci-bot");
    expect(buildkite.outbox.map(({ event }) => event)).toEqual(["build.scheduled"]);
    const found = await ask(buildkite, `GET ${path}?meta_data[signalbox:source-build]=abc`);
    expect(found.json).toMatchObject([{ id: created.json.id }]);
    expect(buildkite.builds("ci-analytics")).toHaveLength(1);
  });

  it("refuse a build without a commit, of an unknown pipeline, or that is not JSON", async () => {
    await using buildkite = await start();
    buildkite.pipeline("payments-api");
    const bad = await ask(buildkite, `POST ${pipeline}/builds`, { body: JSON.stringify({ branch: "main" }) });
    expect(bad).toMatchObject({ status: 422, json: { message: "Validation Failed", errors: [{ field: "commit" }] } });
    expect((await ask(buildkite, `POST ${pipeline}/builds`, { body: "{" })).status).toBe(400);
    const path = "/v2/organizations/acme-inc/pipelines/unknown/builds";
    expect((await ask(buildkite, `POST ${path}`, { body: "{}" })).json.message).toBe("No pipeline found");
  });

  it("rebuild under a new number, unless the pipeline forbids it", async () => {
    await using buildkite = await start();
    build1042(buildkite);
    const again = await ask(buildkite, `PUT ${pipeline}/builds/1042/rebuild`);
    expect(again).toMatchObject({ status: 200, json: { number: 1043, rebuilt_from: { number: 1042 }, source: "api" } });
    const listed = await ask(buildkite, `GET ${pipeline}/builds?created_from=2026-09-21T10:00:00.000Z`);
    expect(listed.json).toMatchObject([{ number: 1043, rebuilt_from: { number: 1042 } }, { rebuilt_from: null }]);
    buildkite.pipeline("deploy", { allowRebuilds: false });
    buildkite.build("deploy");
    const refused = await ask(buildkite, "PUT /v2/organizations/acme-inc/pipelines/deploy/builds/1/rebuild");
    expect(refused.status).toBe(422);
  });

  it("cancel a build once", async () => {
    await using buildkite = await start();
    buildkite.build("payments-api").job("specs").start();
    const cancel = `PUT ${pipeline}/builds/1/cancel`;
    expect(await ask(buildkite, cancel)).toMatchObject({ status: 200, json: { state: "canceled" } });
    expect((await ask(buildkite, cancel)).status).toBe(422);
  });
});

describe("logs of the Buildkite stand-in", () => {
  it("come as JSON with the keys of the real thing, times and colours included", async () => {
    await using buildkite = await start();
    const { failed } = build1042(buildkite);
    const { text, json } = await ask(buildkite, `GET /v2/organizations/acme-inc/jobs/${failed.id}/log`);
    expect(keysOfJson(text)).toEqual(keysOfJson(fixture("rest.job-log.200")));
    expect(json.content).toContain("\x1b_bk;t=1789984818000\x071) Zoë 🚀 rounds half-even\r\n");
    expect(json.content).toContain("\x1b[31m🚨 Error: The command exited with status 1\x1b[0m\r\n");
    expect(json.size).toBe(Buffer.byteLength(json.content));
    expect(json.header_times[0]).toBeGreaterThan(Number.MAX_SAFE_INTEGER);
  });

  it("come as text from their end, when asked for the last bytes", async () => {
    await using buildkite = await start();
    const { failed } = build1042(buildkite);
    const log = `${pipeline}/builds/1042/jobs/${failed.id}/log`;
    const accept = "text/plain";
    const size = Buffer.byteLength(failed.log.text);
    const head = await ask(buildkite, `HEAD ${log}`);
    expect(head.headers.get("content-length")).toBe(String(size));
    expect((await ask(buildkite, `GET ${log}.txt`)).text).toBe(failed.log.text);
    const tail = await ask(buildkite, `GET ${log}`, { headers: { accept, range: "bytes=-15" } });
    expect(tail).toMatchObject({ status: 206, text: "exit status 1\r\n" });
    expect(tail.headers.get("content-range")).toBe(`bytes ${size - 15}-${size - 1}/${size}`);
    const whole = await ask(buildkite, `GET ${log}`, { headers: { accept, range: "bytes=-65536" } });
    expect(whole.text).toBe(failed.log.text);
  });

  it("refuse other ranges, and any of an empty log", async () => {
    await using buildkite = await start();
    const { build, failed } = build1042(buildkite);
    const ofJob = (id: string) => `GET ${pipeline}/builds/1042/jobs/${id}/log`;
    const accept = "text/plain";
    for (const range of ["bytes=-0", "bytes=0-10"]) {
      expect((await ask(buildkite, ofJob(failed.id), { headers: { accept, range } })).status).toBe(400);
    }
    const json = { accept: "application/json", range: "bytes=-10" };
    expect((await ask(buildkite, ofJob(failed.id), { headers: json })).status).toBe(400);
    const neverRan = build.jobs.at(-1)?.id ?? "";
    expect((await ask(buildkite, ofJob(neverRan), { headers: { accept, range: "bytes=-10" } })).status).toBe(416);
  });
});

describe("access to the Buildkite stand-in", () => {
  it("needs the token and its scopes", async () => {
    await using buildkite = await start({ scopes: ["read_builds"] });
    buildkite.build("payments-api");
    const stranger = await ask(buildkite, `GET ${pipeline}/builds/1`, { headers: { authorization: "Bearer no" } });
    expect(stranger.status).toBe(401);
    expect(stranger.json.message).toContain("Authentication required.");
    expect(await ask(buildkite, `PUT ${pipeline}/builds/1/cancel`)).toMatchObject({
      status: 403,
      json: { message: "Your access token doesn't have the write_builds scope" },
    });
    expect((await ask(buildkite, "GET /v2/access-token")).json.scopes).toEqual(["read_builds"]);
  });

  it("knows only what is there", async () => {
    await using buildkite = await start();
    buildkite.build("payments-api");
    const message = async (path: string) => (await ask(buildkite, `GET /v2/organizations/${path}`)).json.message;
    expect(await message("acme-inc/pipelines/payments-api/builds/2")).toBe("No build found");
    expect(await message("acme-inc/pipelines/other/builds/1")).toBe("No pipeline found");
    expect(await message("acme-inc/jobs/abc")).toBe("No job found");
    expect(await message("other/pipelines/payments-api")).toBe("Not Found");
    expect((await ask(buildkite, `GET ${pipeline}`)).json).toMatchObject({
      slug: "payments-api",
      name: "Payments Api",
    });
    expect(await message("acme-inc/agents")).toBe("Not Found");
    expect(buildkite.requests.at(-1)).toMatchObject({ name: null, method: "GET", status: 404 });
  });

  it("ends when the minute is used up, and begins anew with the next", async () => {
    const clock = { time: Date.UTC(2026, 8, 21, 10, 0, 18), now: () => clock.time };
    await using buildkite = await start({ clock, requestsPerMinute: 2 });
    buildkite.build("payments-api");
    const get = () => ask(buildkite, `GET ${pipeline}/builds/1`);
    const first = await get();
    expect(first.headers.get("ratelimit-user-remaining")).toBe("1");
    expect(first.headers.get("ratelimit-remaining")).toBe("199");
    expect(first.headers.get("ratelimit-user-reset")).toBe("42");
    await get();
    await get();
    const refused = await get();
    expect(refused.status).toBe(429);
    expect(refused.headers.has("retry-after")).toBe(false);
    expect(refused.json).toEqual({
      message: "You have exceeded your API rate limit. Please wait 42 seconds before making more requests.",
      scope: "rest_user",
      limit: 2,
      current: 4,
      reset: 42,
    });
    clock.time += 42_000;
    expect((await get()).status).toBe(200);
  });

  it("fails on demand, before or after the request took effect", async () => {
    await using buildkite = await start();
    const { build, failed } = build1042(buildkite);
    const retry = `PUT /v2/organizations/acme-inc/jobs/${failed.id}/retry`;
    buildkite.faults.next("jobs.retry", { kind: "status", status: 500 });
    expect((await ask(buildkite, retry)).status).toBe(500);
    expect(build.state).toBe("failed");
    buildkite.faults.next("jobs.retry", { kind: "rateLimited", retryAfterSeconds: 7 });
    expect(await ask(buildkite, retry)).toMatchObject({ status: 429, json: { scope: "rest_user", reset: 7 } });
    expect((await ask(buildkite, retry)).status).toBe(200);
    await using other = await start();
    const story = build1042(other);
    other.faults.next("*", { kind: "drop", after: true });
    await expect(ask(other, `PUT ${pipeline}/builds/1042/jobs/${story.failed.id}/retry`)).rejects.toThrow();
    expect(story.build.state).toBe("running");
    expect(other.requests).toEqual([expect.objectContaining({ name: "jobs.retry", method: "PUT", status: null })]);
  });
});
