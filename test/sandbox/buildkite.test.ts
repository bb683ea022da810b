import { describe, expect, it } from "vitest";
import { type Buildkite, type BuildkiteOptions, startBuildkite } from "../../sandbox/buildkite/index.ts";
import { sign } from "../../sandbox/buildkite/webhooks.ts";
import { type HttpRequest, startServer } from "../../sandbox/http.ts";
import { fixture, keysOfJson } from "./buildkite-fixtures.ts";

const clock = {
  time: Date.UTC(2026, 8, 21, 10, 0, 0),
  now(): number {
    return this.time;
  },
};

const token = "29b1ff5779c76bd48ba6705eb99ff970";
const bot = { name: "ci-bot", email: "ci-bot@example.com" };
const byApi = { author: null, creator: bot, source: "api" } as const;
const pullRequest = { number: 517, base: "main" };

function start(options: Partial<BuildkiteOptions> = {}): Promise<Buildkite> {
  return startBuildkite({ clock, token: "bkua_secret", ...options });
}

/** The last webhook of this name that the story caused. */
function last(buildkite: Buildkite, event: string): string {
  const delivery = buildkite.outbox.findLast((candidate) => candidate.event === event);
  if (delivery === undefined) throw new Error(`Cannot find ${event}: the story did not cause it`);
  return delivery.body;
}

function events(buildkite: Buildkite): string[] {
  return buildkite.take().map(({ event }) => event);
}

const stories: Readonly<Record<string, (buildkite: Buildkite) => string>> = {
  "build.scheduled": (buildkite) => {
    buildkite.build("payments-api");
    return last(buildkite, "build.scheduled");
  },
  "build.scheduled.triggered": (buildkite) => {
    buildkite.build("monorepo-root").trigger(":rocket: Deploy", { pipeline: "payments-api" }).start();
    return last(buildkite, "build.scheduled");
  },
  "build.running": (buildkite) => {
    buildkite.build("payments-api").start();
    return last(buildkite, "build.running");
  },
  "build.failing": (buildkite) => {
    const build = buildkite.build("payments-api").start();
    build.job("lint").start();
    build.job("specs").fail();
    return last(buildkite, "build.failing");
  },
  "build.finished": (buildkite) => {
    const build = buildkite.build("payments-api");
    build.job("specs").fail();
    build.finish();
    return last(buildkite, "build.finished");
  },
  "build.finished.blocked": (buildkite) => {
    buildkite.build("payments-api", byApi).block();
    return last(buildkite, "build.finished");
  },
  "build.finished.canceled": (buildkite) => {
    buildkite.build("payments-api").cancel();
    return last(buildkite, "build.finished");
  },
  "build.finished.rebuild": (buildkite) => {
    buildkite.build("payments-api").finish().rebuild().finish();
    return last(buildkite, "build.finished");
  },
  "build.skipped": (buildkite) => {
    buildkite.build("payments-api", { commit: "HEAD", pullRequest }).skip();
    return last(buildkite, "build.skipped");
  },
  "job.scheduled": (buildkite) => {
    buildkite.build("payments-api").job("specs").schedule();
    return last(buildkite, "job.scheduled");
  },
  "job.started": (buildkite) => {
    buildkite.build("payments-api").job("specs").start();
    return last(buildkite, "job.started");
  },
  "job.finished": (buildkite) => {
    buildkite.build("payments-api").job("specs").fail();
    return last(buildkite, "job.finished");
  },
  "job.finished.trigger": (buildkite) => {
    const child = buildkite.build("payments-api").trigger(":rocket: Deploy", { pipeline: "deploy" }).start();
    child.job("apply").fail();
    child.finish();
    return last(buildkite, "job.finished");
  },
  "job.finished.manual-retry": (buildkite) => {
    buildkite.build("payments-api").job("specs").fail().retry({ by: bot }).pass();
    return last(buildkite, "job.finished");
  },
  "job.finished.agent-lost": (buildkite) => {
    const job = buildkite.build("payments-api").job("lint").loseAgent({ retryable: true });
    const lost = buildkite.outbox.findLast(({ event }) => event === "job.finished");
    job.retry({ type: "automatic" });
    return lost?.render() ?? "";
  },
  "job.finished.auto-retry": (buildkite) => {
    buildkite.build("payments-api").job("lint").loseAgent({ retryable: true }).retry({ type: "automatic" }).pass();
    return last(buildkite, "job.finished");
  },
  "job.activated": (buildkite) => {
    const build = buildkite.build("payments-api", byApi);
    build.block();
    build.unblock();
    return last(buildkite, "job.activated");
  },
  "job.promised_exit_status": (buildkite) => {
    buildkite.build("payments-api").job("specs").promise(1, "test_failure (2 failed after retries)");
    return last(buildkite, "job.promised_exit_status");
  },
  "agent.lost": (buildkite) => {
    buildkite.build("payments-api").job("specs").loseAgent();
    return last(buildkite, "agent.lost");
  },
  ping: (buildkite) => {
    buildkite.connect({ url: "http://127.0.0.1:1/", token });
    buildkite.ping();
    return last(buildkite, "ping");
  },
};

describe("webhooks of the Buildkite stand-in", () => {
  it.each(Object.keys(stories))("have the keys of the real thing: %s", async (name) => {
    await using buildkite = await start();
    const body = stories[name]?.(buildkite) ?? "";
    expect(keysOfJson(body)).toEqual(keysOfJson(fixture(name)));
    expect(JSON.parse(body).event).toBe(JSON.parse(fixture(name)).event);
  });

  it("write time in whole seconds and never the jobs of a build", async () => {
    await using buildkite = await start();
    const body = JSON.parse(stories["build.finished"]?.(buildkite) ?? "");
    expect(body.build).toMatchObject({ state: "failed", finished_at: "2026-09-21 10:00:00 UTC" });
    expect(body.build).not.toHaveProperty("jobs");
    expect(body.pipeline.provider.webhook_url).toContain("SECRET");
  });

  it("sign the bytes as Buildkite does", () => {
    const at = { now: () => 1_789_985_275_000 };
    const { secret, signatures } = JSON.parse(fixture("SIGNATURES"));
    expect(sign(fixture("build.finished"), secret, at)).toBe(signatures["build.finished"]);
  });

  it("are sent in order, signed for the moment in which they leave", async () => {
    const received: HttpRequest[] = [];
    await using receiver = await startServer((request) => {
      received.push(request);
      return { status: 200, body: "ok" };
    });
    await using buildkite = await start({ webhook: { url: `${receiver.url}/buildkite/webhooks`, token } });
    buildkite.build("payments-api", { message: "Zoë 🚀" }).start();
    const later = { now: () => clock.time + 3_600_000 };
    clock.time += 3_600_000;
    expect(await buildkite.deliver()).toEqual([200, 200]);
    clock.time -= 3_600_000;
    expect(buildkite.outbox).toEqual([]);
    expect(received.map(({ headers }) => headers["x-buildkite-event"])).toEqual(["build.scheduled", "build.running"]);
    for (const { path, body, headers } of received) {
      expect(path).toBe("/buildkite/webhooks");
      expect(headers["x-buildkite-signature"]).toBe(sign(body, token, later));
      expect(headers).not.toHaveProperty("x-buildkite-token");
    }
  });

  it("carry the token itself where that is the mode, and only the events that were asked for", async () => {
    await using buildkite = await start({
      webhook: { url: "http://127.0.0.1:1/", token, mode: "token", events: ["build.finished"] },
    });
    buildkite.build("payments-api").finish();
    const [delivery, ...others] = buildkite.take();
    if (delivery === undefined) throw new Error("nothing was told");
    expect(others).toEqual([]);
    expect(buildkite.headers(delivery)).toMatchObject({
      "X-Buildkite-Token": token,
      "X-Buildkite-Event": "build.finished",
    });
  });

  it("stay in the outbox when nobody answers", async () => {
    const gone = await startServer(() => "drop");
    await using buildkite = await start({ webhook: { url: gone.url, token } });
    buildkite.build("payments-api");
    await expect(buildkite.deliver()).rejects.toThrow();
    expect(buildkite.outbox).toHaveLength(1);
    await gone.stop();
  });

  it.each([8_192, 40_960])("are padded to %i bytes exactly, as larger pipelines are", async (padTo) => {
    await using buildkite = await start({ padTo });
    buildkite.build("payments-api", { message: "Zoë 🚀" }).job("specs").pass();
    for (const { body } of buildkite.take()) {
      expect(Buffer.byteLength(body)).toBe(padTo);
      expect(keysOfJson(body)).toContain(".pipeline.steps[].command");
    }
  });
});

describe("builds of the Buildkite stand-in", () => {
  it("tell a story that fails, is retried and passes under the same number", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const lint = build.job("lint").start();
    const specs = build.job("specs").start();
    specs.fail();
    lint.pass();
    build.finish();
    expect(events(buildkite)).toEqual([
      "build.scheduled",
      "build.running",
      "job.scheduled",
      "job.started",
      "job.scheduled",
      "job.started",
      "job.finished",
      "build.failing",
      "job.finished",
      "build.finished",
    ]);
    expect(build.state).toBe("failed");

    const again = specs.retry();
    expect(build).toMatchObject({ state: "running", finishedAt: null });
    again.pass();
    build.finish();
    expect(events(buildkite)).toEqual([
      "build.running",
      "job.scheduled",
      "job.started",
      "job.finished",
      "build.finished",
    ]);
    expect(build).toMatchObject({ state: "passed", number: 1, failingAt: clock.time });
    expect(again).toMatchObject({ retriesCount: 1, stepId: specs.stepId });
    expect(specs.retriedIn?.job).toBe(again);
  });

  it("do not go failing for a failure that is retried, is soft, or is the last", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const specs = build.job("specs").start();
    build.job("lint").fail({ retryable: true }).retry({ type: "automatic" }).pass();
    build.job("audit", { softFail: true }).fail();
    expect(build.state).toBe("running");
    specs.fail();
    expect(build.state).toBe("running");
    expect(build.finish().state).toBe("failed");
  });

  it.each([
    ["times out", "timed_out", -1],
    ["expires", "expired", null],
    ["loses its agent", "failed", -1],
    ["is canceled", "canceled", -1],
    ["breaks its promise", "failed", 0],
  ] as const)("fail when a job %s", async (how, state, exitStatus) => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const job = build.job("specs");
    const verbs = {
      "times out": () => job.timeOut(),
      expires: () => job.expire(),
      "loses its agent": () => job.loseAgent(),
      "is canceled": () => job.start().cancel(),
      "breaks its promise": () => job.promise(1).pass(),
    };
    verbs[how]();
    expect(job).toMatchObject({ state, exitStatus });
    expect(build.finish().state).toBe("failed");
  });

  it("turn what waits behind a failure into casualties, and leave out what is broken", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    build.job("specs").fail();
    build.wait();
    const casualty = build.job("package", { waiting: true });
    build.job("docs").breaks();
    expect(build.finish().state).toBe("failed");
    expect(casualty.state).toBe("waiting_failed");
  });

  it("are passed and blocked at once behind a block step, and again after a retry", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const specs = build.job("specs", { manualRetry: { permitOnPassed: true } }).pass();
    build.block("Release?");
    expect(JSON.parse(last(buildkite, "build.finished")).build).toMatchObject({ state: "passed", blocked: true });
    specs.retry().pass();
    build.finish();
    expect(JSON.parse(last(buildkite, "build.finished")).build).toMatchObject({ state: "passed", blocked: true });
    build.unblock();
    expect(build.finish()).toMatchObject({ state: "passed", blocked: null });
  });

  it("end a trigger job with the build that it made", async () => {
    await using buildkite = await start();
    const parent = buildkite.build("web");
    const trigger = parent.trigger("Deploy", { pipeline: "deploy" });
    const fired = parent.trigger("Notify", { pipeline: "notify", async: true });
    fired.start();
    const child = trigger.start();
    expect(child).toMatchObject({ commit: "HEAD", source: "trigger_job", author: null });
    child.job("apply").fail();
    child.finish();
    expect([trigger.state, fired.state]).toEqual(["failed", "passed"]);
    expect(parent.finish().state).toBe("failed");
  });

  it("cancel what still runs, name nobody, and never go failing for it", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    build.job("specs").start();
    build.job("lint").start();
    buildkite.take();
    build.cancel({ reason: "superseded" });
    expect(events(buildkite)).toEqual(["job.finished", "job.finished", "build.finished"]);
    expect(build).toMatchObject({ state: "canceled", cancelReason: "superseded" });
  });

  it("refuse what cannot happen, and say what to do", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const job = build.job("specs").start();
    expect(() => build.finish()).toThrow("Cannot finish build payments-api #1: job specs is running; let it end first");
    job.fail().retry().fail();
    expect(() => job.retry()).toThrow("Cannot retry job specs: Jobs can only be retried once");
    build.finish();
    expect(() => build.start()).toThrow("Cannot start build payments-api #1: it is failed; it must be scheduled");
    const skipped = buildkite.build("payments-api");
    const never = skipped.job("specs");
    skipped.skip();
    expect(() => never.start()).toThrow("Cannot schedule job specs of build payments-api #2: it is skipped");
    expect(() => build.job("late")).toThrow("Cannot add job late to build payments-api #1: it is failed");
  });

  it("name the jobs of a matrix and give shards one step", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api");
    const linux = build.job("Test {{matrix.os}}", { matrix: { os: "linux" } });
    const plain = build.job("Test {{matrix}}", { matrix: { "": "arm" } });
    expect([linux.name, plain.name]).toEqual(["Test linux", "Test arm"]);
    const shards = [0, 1].map((index) => build.job("specs", { stepKey: "specs", parallel: { index, total: 2 } }));
    expect(new Set(shards.map(({ stepId }) => stepId)).size).toBe(1);
  });

  it("show a later state in a webhook that is rendered late", async () => {
    await using buildkite = await start();
    const build = buildkite.build("payments-api").start();
    const running = buildkite.take().at(-1);
    build.finish();
    if (running === undefined) throw new Error("nothing was told");
    expect(JSON.parse(running.body).build.state).toBe("running");
    expect(JSON.parse(buildkite.refresh(running).body)).toMatchObject({
      event: "build.running",
      build: { state: "passed" },
    });
  });
});
