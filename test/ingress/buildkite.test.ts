import { describe, expect, it } from "vitest";
import type { BuildSnapshot, JobSnapshot } from "../../src/domain/build.ts";
import type { BuildkiteEvent } from "../../src/domain/event.ts";
import { StoreUnavailable } from "../../src/state/unavailable.ts";
import { readFixture, secret, sign, signatures, signedAt, startTestIngress, webhook } from "./harness.ts";

describe("what a webhook becomes", () => {
  it("is one of our events, or ignored, for each of the fixtures", async () => {
    await using ingress = await startTestIngress();
    const outcomes: Record<string, string> = {};
    for (const [name, signature] of Object.entries(signatures)) {
      const answer = await ingress.deliver(readFixture(name), { "x-buildkite-signature": signature });
      expect(answer.status, name).toBe(200);
      const event = ingress.events.pop();
      outcomes[name] = event === undefined ? answer.body.trim() : inBrief(event);
    }
    expect(outcomes).toMatchInlineSnapshot(`
      {
        "agent.blocked": "agent ip-10-0-3-17-1 of acme-inc blocked at -",
        "agent.lost": "agent ip-10-0-3-17-1 of acme-inc lost at 10:01:30",
        "build.failing": "build payments-api#1042 failing, main at 4f8d2c9, webhook by ada, started 10:00:08, failing 10:03:41, finished -",
        "build.finished": "build payments-api#1042 failed, main at 4f8d2c9, webhook by ada, started 10:00:08, failing 10:03:41, finished 10:07:55",
        "build.finished.blocked": "build payments-api#1043 passed and blocked, main at 4f8d2c9, api by ci-bot, started 11:00:06, failing -, finished 11:06:12",
        "build.finished.canceled": "build payments-api#1044 canceled, feature/refunds at 4f8d2c9, ui by ada, started 11:20:05, failing -, finished 11:21:02",
        "build.finished.fixed": "build payments-api#1042 passed, main at 4f8d2c9, webhook by ada, started 10:00:08, failing 10:03:41, finished 10:16:30",
        "build.finished.rebuild": "build payments-api#1046 passed, main at 4f8d2c9, api by ada, started 11:40:05, failing -, finished 11:47:40, rebuild of 1042",
        "build.running": "build payments-api#1042 running, main at 4f8d2c9, webhook by ada, started 10:00:08, failing -, finished -",
        "build.scheduled": "build payments-api#1042 scheduled, main at 4f8d2c9, webhook by ada, started -, failing -, finished -",
        "build.scheduled.triggered": "build payments-api#1047 scheduled, main at ?, trigger_job by nobody, started -, failing -, finished -, from monorepo-root#88",
        "build.skipped": "build payments-api#1045 skipped, feature/refunds at ?, webhook by ada, started -, failing -, finished -, pull request 517",
        "cluster_token.registration_blocked": "ignored: an agent's registration, not an agent",
        "job.activated": "job eb2a manual ":rocket: Release to production?" (release-gate) unblocked, exit null, started -, finished -; build payments-api#1043 running, main at 4f8d2c9, api by ci-bot, started 11:00:06, failing -, finished -",
        "job.finished": "job d676 script ":rspec: Specs" (specs) failed, exit 1, started 10:00:24, finished 10:03:41, shard 1/4; build payments-api#1042 failing, main at 4f8d2c9, webhook by ada, started 10:00:08, failing 10:03:41, finished -",
        "job.finished.agent-lost": "job d618 script ":rubocop: Lint" (lint) failed, exit -1, started 10:00:30, finished 10:01:30, retried in e7ba; build payments-api#1042 running, main at 4f8d2c9, webhook by ada, started 10:00:08, failing -, finished -",
        "job.finished.auto-retry": "job e7ba script ":rubocop: Lint" (lint) passed, exit 0, started 10:01:35, finished 10:02:20, retry of d618; build payments-api#1042 running, main at 4f8d2c9, webhook by ada, started 10:00:08, failing -, finished -",
        "job.finished.manual-retry": "job e5f7 script ":rspec: Specs" (specs) passed, exit 0, started 10:09:14, finished 10:12:20, shard 1/4, retry of d676; build payments-api#1042 running, main at 4f8d2c9, webhook by ada, started 10:00:08, failing 10:03:41, finished -",
        "job.finished.trigger": "job e295 trigger ":rocket: Deploy staging" (deploy-staging) failed, exit null, started 10:04:01, finished 10:07:50, triggered deploy#64; build payments-api#1042 failing, main at 4f8d2c9, webhook by ada, started 10:00:08, failing 10:03:41, finished -",
        "job.promised_exit_status": "job c043 script ":rspec: Specs" (specs) running, exit null, started 10:00:24, finished -, promised exit 1, shard 2/4; build payments-api#1042 running, main at 4f8d2c9, webhook by ada, started 10:00:08, failing -, finished -",
        "job.scheduled": "job d676 script ":rspec: Specs" (specs) scheduled, exit null, started -, finished -, shard 1/4; build payments-api#1042 running, main at 4f8d2c9, webhook by ada, started 10:00:08, failing -, finished -",
        "job.started": "job d676 script ":rspec: Specs" (specs) running, exit null, started 10:00:24, finished -, shard 1/4; build payments-api#1042 running, main at 4f8d2c9, webhook by ada, started 10:00:08, failing -, finished -",
        "ping": "ignored: ping",
      }
    `);
  });

  it("keeps every field used of a build and of its job", async () => {
    await using ingress = await startTestIngress();
    await ingress.deliver(readFixture("job.finished"));
    expect(ingress.events).toMatchInlineSnapshot(`
      [
        {
          "build": {
            "author": {
              "email": "ada@example.com",
              "name": "Ada Lovelace",
              "username": "ada",
            },
            "blocked": false,
            "branch": "main",
            "commit": "4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180",
            "createdAt": 1789984800000,
            "creator": {
              "email": "ada@example.com",
              "name": "Ada Lovelace",
              "username": null,
            },
            "defaultBranch": "main",
            "failingAt": 1789985021000,
            "finishedAt": null,
            "id": "50cdf952-8886-446e-af8c-02a9f1875796",
            "madeBySignalbox": null,
            "message": "Round amounts half-even (#512)",
            "number": 1042,
            "organization": "acme-inc",
            "pipeline": "payments-api",
            "pipelineName": "Payments API",
            "pullRequest": null,
            "rebuiltFrom": null,
            "repository": "git@github.com:acme-inc/payments-api.git",
            "source": "webhook",
            "startedAt": 1789984808000,
            "state": "failing",
            "triggeredFrom": null,
          },
          "job": {
            "exitStatus": 1,
            "finishedAt": 1789985021000,
            "id": "d6768791-c4eb-4801-a06b-25989e3de8e5",
            "key": "specs",
            "name": ":rspec: Specs",
            "parallel": {
              "index": 1,
              "total": 4,
            },
            "promisedExitStatus": null,
            "retried": false,
            "retriedIn": null,
            "retryOf": null,
            "signalReason": null,
            "softFailed": false,
            "startedAt": 1789984824000,
            "state": "failed",
            "triggeredBuild": null,
            "type": "script",
          },
          "kind": "job.changed",
        },
      ]
    `);
  });

  it("keeps of an agent who it is and what it serves", async () => {
    await using ingress = await startTestIngress();
    await ingress.deliver(readFixture("agent.lost"));
    expect(ingress.events).toMatchInlineSnapshot(`
      [
        {
          "agent": {
            "hostname": "ip-10-0-3-17",
            "id": "b5b70f1f-a066-4340-8852-d9dc4bbc5b0e",
            "ipAddress": "203.0.113.17",
            "name": "ip-10-0-3-17-1",
            "queues": [
              "default",
            ],
            "userAgent": "buildkite-agent/3.110.0.11200 (linux; amd64)",
            "version": "3.110.0",
          },
          "at": 1789984890000,
          "change": "lost",
          "kind": "agent.changed",
          "organization": "acme-inc",
        },
      ]
    `);
  });

  it.each([
    ["an event nobody knows", '{"event":"build.started"}', "ignored: unknown event build.started"],
    [
      "an event with a strange name",
      `{"event":"<b>\\n${"x".repeat(100)}"}`,
      `ignored: unknown event ?b??${"x".repeat(60)}`,
    ],
    ["an event called like a property of objects", '{"event":"__proto__"}', "ignored: unknown event __proto__"],
    [
      "a waiter",
      edited("job.finished", { job: { state: undefined, type: "waiter" } }),
      "ignored: a job without a state",
    ],
    [
      "an agent of nobody",
      edited("agent.lost", { agent: { url: "https://example.com/" } }),
      "ignored: an agent without a known organization",
    ],
  ])("is nothing when it is %s", async (_, body, answer) => {
    await using ingress = await startTestIngress();
    expect(await ingress.deliver(body)).toMatchObject({ status: 200, body: `${answer}\n` });
    expect(ingress.events).toEqual([]);
  });

  it("is answered only when it is stored", async () => {
    const stored = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<BuildkiteEvent>();
    await using ingress = await startTestIngress({
      record: (event) => {
        asked.resolve(event);
        return stored.promise;
      },
    });
    let answered = false;
    const answer = ingress.deliver(readFixture("build.failing")).finally(() => {
      answered = true;
    });
    await asked.promise;
    expect(await ingress.send("/healthz")).toMatchObject({ status: 200 });
    expect(answered).toBe(false);
    stored.resolve();
    expect(await answer).toMatchObject({ status: 200, body: "stored\n" });
  });
});

describe("authentication", () => {
  const raw = readFixture("build.finished");
  const good = sign(raw);
  const signature = good.slice(good.indexOf("signature="));

  it.each([
    ["no header at all", {}],
    ["an empty signature", { "x-buildkite-signature": "" }],
    ["another key", { "x-buildkite-signature": sign(raw, { key: "another" }) }],
    ["an empty key", { "x-buildkite-signature": sign(raw, { key: "" }) }],
    ["a signature of another body", { "x-buildkite-signature": sign(Buffer.concat([raw, Buffer.from(" ")])) }],
    [
      "a timestamp changed afterwards",
      { "x-buildkite-signature": good.replace(String(signedAt), String(signedAt + 1)) },
    ],
    ["no timestamp", { "x-buildkite-signature": signature }],
    ["no signature", { "x-buildkite-signature": `timestamp=${signedAt}` }],
    ["a timestamp that is no whole number", { "x-buildkite-signature": sign(raw, { timestamp: `${signedAt}.0` }) }],
    ["a negative timestamp", { "x-buildkite-signature": sign(raw, { timestamp: `-${signedAt}` }) }],
    ["a signature that is not hexadecimal", { "x-buildkite-signature": good.replace(/.$/, "g") }],
    ["a signature that is too short", { "x-buildkite-signature": good.slice(0, -1) }],
    ["a signature that is too long", { "x-buildkite-signature": `${good}0` }],
    ["two signatures in one header", { "x-buildkite-signature": `${good},${signature}` }],
    ["two timestamps in one header", { "x-buildkite-signature": `timestamp=${signedAt},${good}` }],
    ["a part without a name", { "x-buildkite-signature": `=x,${good}` }],
    ["a part without a value", { "x-buildkite-signature": `${good},` }],
    ["the header twice", { "x-buildkite-signature": [good, good] }],
    ["the header in two halves", { "x-buildkite-signature": good.split(",") }],
    ["a signature 301 seconds old", { "x-buildkite-signature": sign(raw, { timestamp: `${signedAt - 301}` }) }],
    ["a signature 301 seconds ahead", { "x-buildkite-signature": sign(raw, { timestamp: `${signedAt + 301}` }) }],
    ["the token in clear text", { "x-buildkite-token": secret }],
    ["the token in clear text beside a good signature", { "x-buildkite-token": secret, "x-buildkite-signature": good }],
  ])("refuses %s, without a word why", async (_, headers) => {
    await using ingress = await startTestIngress();
    expect(await ingress.deliver(raw, headers)).toMatchObject({ status: 401, body: "Not authenticated.\n" });
    expect(ingress.events).toEqual([]);
  });

  it.each([
    ["299 seconds old", sign(raw, { timestamp: `${signedAt - 299}` })],
    ["299 seconds ahead", sign(raw, { timestamp: `${signedAt + 299}` })],
    ["with its parts in the other order", good.split(",").reverse().join(",")],
    ["with spaces between its parts", good.replace(",", " , ")],
    ["with a part that we do not know", `version=2,${good}`],
  ])("accepts a signature %s", async (_, header) => {
    await using ingress = await startTestIngress();
    expect(await ingress.deliver(raw, { "x-buildkite-signature": header })).toMatchObject({ status: 200 });
    expect(ingress.events).toHaveLength(1);
  });

  it("accepts each of several tokens while one replaces the other", async () => {
    await using ingress = await startTestIngress({ auth: { mode: "signature", tokens: ["old", "new"] } });
    const statuses = ["old", "new", "older"].map(async (key) => {
      return (await ingress.deliver(raw, { "x-buildkite-signature": sign(raw, { key }) })).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 401]);
  });

  it.each([
    ["the token", { "x-buildkite-token": "old" }, 200],
    ["the other token", { "x-buildkite-token": "new" }, 200],
    ["a wrong token", { "x-buildkite-token": "newer" }, 401],
    ["an empty token", { "x-buildkite-token": "" }, 401],
    ["the token twice", { "x-buildkite-token": ["old", "old"] }, 401],
    ["a signature instead", { "x-buildkite-signature": sign(raw, { key: "old" }) }, 401],
    ["nothing", {}, 401],
  ])("in token mode, answers to %s", async (_, headers, status) => {
    await using ingress = await startTestIngress({ auth: { mode: "token", tokens: ["old", "new"] } });
    expect(await ingress.deliver(raw, headers)).toMatchObject({ status });
  });

  it("tells the operator the reason, at a level that shows wrong settings", async () => {
    await using ingress = await startTestIngress();
    await ingress.deliver(raw, {});
    await ingress.deliver(raw, { "x-buildkite-signature": sign(raw, { timestamp: `${signedAt - 301}` }) });
    expect(ingress.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, reason: "missing", msg: "Refused a Buildkite webhook: not authenticated" },
      { level: 40, reason: "stale", msg: "Refused a Buildkite webhook: not authenticated" },
    ]);
  });

  it.each([[[]], [[""]], [["good", ""]]])("does not start with the tokens %j", async (tokens) => {
    await expect(startTestIngress({ auth: { mode: "signature", tokens } })).rejects.toThrow("BUILDKITE_WEBHOOK_TOKEN");
  });
});

describe("a body that is not what Buildkite sends", () => {
  const url = "https://api.buildkite.com/v2/organizations/acme-inc/pipelines/payments-api/builds/7";

  it.each<[string, Buffer | string, string]>([
    ["nothing", "", "The body is not JSON in UTF-8."],
    ["truncated", readFixture("build.finished").subarray(0, 2000), "The body is not JSON in UTF-8."],
    ["not UTF-8", Buffer.from('{"event":"\xff"}', "latin1"), "The body is not JSON in UTF-8."],
    ["a form", "payload=%7B%7D", "The body is not JSON in UTF-8."],
    ["null", "null", "The body must be a JSON object with the event's name in `event`."],
    ["a list", "[]", "The body must be a JSON object with the event's name in `event`."],
    ["a hundred thousand nested lists", "[".repeat(100_000) + "]".repeat(100_000), "The body must be a JSON object"],
    ["without an event", "{}", "The body must be a JSON object with the event's name in `event`."],
    ["with a number for an event", '{"event":1}', "The body must be a JSON object with the event's name in `event`."],
    ["with an empty event", '{"event":""}', "The body must be a JSON object with the event's name in `event`."],
    ["without a build", '{"event":"build.finished"}', "build must be an object."],
    ["with a list for a build", '{"event":"build.finished","build":[]}', "build must be an object."],
    ["without the id of the build", edited("build.finished", { build: { id: null } }), "build.id must be a UUID."],
    [
      "with a number in words",
      edited("build.finished", { build: { number: "1042" } }),
      "build.number must be a positive whole number.",
    ],
    [
      "with build zero",
      edited("build.finished", { build: { number: 0 } }),
      "build.number must be a positive whole number.",
    ],
    [
      "with half a build",
      edited("build.finished", { build: { number: 1.5 } }),
      "build.number must be a positive whole number.",
    ],
    [
      "with the number of another build",
      edited("build.finished", { build: { url } }),
      "build.number must be the number in build.url.",
    ],
    [
      "with a page for the address",
      edited("build.finished", { build: { url: "https://buildkite.com/" } }),
      "build.url must be the REST address of a build.",
    ],
    ["without a state", edited("build.finished", { build: { state: undefined } }), "build.state must be a text."],
    ["without a branch", edited("build.finished", { build: { branch: null } }), "build.branch must be a text."],
    [
      "with a blank branch",
      edited("build.finished", { build: { branch: " " } }),
      "build.branch must be a text that is not empty.",
    ],
    [
      "of two pipelines",
      edited("build.finished", { pipeline: { slug: "other" } }),
      "pipeline.slug must be the pipeline that build.url names.",
    ],
    ["without a job", edited("job.finished", { job: null }), "job must be an object."],
    ["with a path for the job's id", edited("job.finished", { job: { id: "../jobs" } }), "job.id must be a UUID."],
    ["without the job's type", edited("job.finished", { job: { type: 3 } }), "job.type must be a text."],
    ["with a number for the job's state", edited("job.finished", { job: { state: 1 } }), "job.state must be a text."],
    ["without an agent", '{"event":"agent.lost"}', "agent must be an object."],
    ["without the agent's id", '{"event":"agent.lost","agent":{}}', "agent.id must be a text."],
  ])("is refused when it is %s", async (_, body, problem) => {
    await using ingress = await startTestIngress();
    const answer = await ingress.deliver(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toContain(`Cannot read the webhook: ${problem}`);
    expect(ingress.events).toEqual([]);
  });

  it("is not refused for an optional part of the wrong shape", async () => {
    await using ingress = await startTestIngress();
    const strange = {
      author: 1,
      creator: [],
      pull_request: "517",
      meta_data: [],
      message: {},
      created_at: 5,
      blocked: "no",
    };
    const body = edited("build.finished", { build: { ...strange, rebuilt_from: 1041 }, pipeline: { name: false } });
    expect(await ingress.deliver(body)).toMatchObject({ status: 200 });
    const unread = {
      author: null,
      creator: null,
      pullRequest: null,
      message: null,
      createdAt: null,
      rebuiltFrom: null,
    };
    expect(ingress.events).toMatchObject([{ build: { number: 1042, blocked: false, pipelineName: null, ...unread } }]);
  });

  it("is not refused when the pipeline is no object at all", async () => {
    await using ingress = await startTestIngress();
    expect(await ingress.deliver(edited("build.finished", { pipeline: "payments-api" }))).toMatchObject({
      status: 200,
    });
    expect(ingress.events).toMatchObject([{ build: { pipeline: "payments-api", defaultBranch: null } }]);
  });
});

describe("a store that does not take the event", () => {
  it("is a 503 that asks to come again when it is away", async () => {
    await using ingress = await startTestIngress({
      record: async () => {
        throw new StoreUnavailable("Cannot record: connection closed");
      },
    });
    const answer = await ingress.deliver(readFixture("job.finished"));
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(JSON.parse(ingress.logLines.join(""))).toMatchObject({
      level: 40,
      event: "job.finished",
      build: "acme-inc/payments-api#1042",
      job: "d6768791-c4eb-4801-a06b-25989e3de8e5",
      status: 503,
    });
  });

  it("is a 500 for anything unforeseen, logged without what it said", async () => {
    await using ingress = await startTestIngress({
      record: async () => {
        throw Object.assign(new TypeError("canary-in-message"), {
          code: "ERR_X",
          command: { args: ["canary-in-command"] },
        });
      },
    });
    expect(await ingress.deliver(readFixture("build.failing"))).toMatchObject({
      status: 500,
      body: "Unexpected failure.\n",
    });
    const line = ingress.logLines.join("");
    expect(JSON.parse(line)).toMatchObject({ level: 50, path: webhook, failure: { name: "TypeError", code: "ERR_X" } });
    expect(line).toContain("buildkite.test.ts");
    expect(line).not.toContain("canary");
  });
});

describe("the log", () => {
  it("has one line for each webhook, with its event, build and status", async () => {
    await using ingress = await startTestIngress();
    await ingress.deliver(readFixture("build.failing"));
    await ingress.deliver(readFixture("ping"));
    expect(ingress.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 20, event: "build.failing", build: "acme-inc/payments-api#1042", status: 200 },
      { level: 20, event: "ping", reason: "ping", status: 200 },
    ]);
  });

  it("never shows a secret, whatever is sent and however it is refused", async () => {
    const canary = "canary-4711";
    const auth = { mode: "signature", tokens: [canary] } as const;
    const raw = edited("job.finished", {
      build: { message: canary, branch: canary, env: { TOKEN: canary }, meta_data: { secret: canary } },
      job: { command: canary, name: canary, env: { TOKEN: canary } },
      pipeline: {
        provider: { webhook_url: canary },
        env: { TOKEN: canary },
        repository: `https://${canary}@example.com/`,
      },
    });
    const { key, ...headers } = { key: canary, authorization: canary, cookie: canary, "x-buildkite-request": canary };
    const signature = sign(raw, { key });
    const broken = raw.slice(0, -1);
    const shapeless = edited("build.failing", { build: { number: canary, url: canary } });
    await using ingress = await startTestIngress({ auth });
    await using away = await startTestIngress({ auth, record: () => Promise.reject(new StoreUnavailable(canary)) });
    await using failing = await startTestIngress({ auth, record: () => Promise.reject(new Error(canary)) });
    const answers = [
      await ingress.deliver(raw, { ...headers, "x-buildkite-signature": signature }),
      await ingress.deliver(raw, { ...headers, "x-buildkite-signature": signature, "x-buildkite-token": canary }),
      await ingress.deliver(broken, { ...headers, "x-buildkite-signature": sign(broken, { key }) }),
      await ingress.deliver(shapeless, { ...headers, "x-buildkite-signature": sign(shapeless, { key }) }),
      await ingress.deliver(raw, { ...headers, "x-buildkite-signature": `timestamp=1,signature=${canary}` }),
      await ingress.send(`/${canary}?token=${canary}`),
      await away.deliver(raw, { ...headers, "x-buildkite-signature": signature }),
      await failing.deliver(raw, { ...headers, "x-buildkite-signature": signature }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 400, 400, 401, 404, 503, 500]);
    const lines = [ingress, away, failing].flatMap(({ logLines }) => logLines);
    expect(lines).toHaveLength(7);
    for (const line of lines) {
      expect(line).not.toContain(canary);
      expect(line).not.toContain(signature);
    }
    for (const { body } of answers) expect(body).not.toContain(canary);
  });
});

type Edit = Readonly<Record<string, Readonly<Record<string, unknown>> | string | null>>;

/** A fixture with some fields of its parts changed. */
function edited(name: string, edits: Edit): string {
  const body = JSON.parse(readFixture(name).toString());
  for (const [part, edit] of Object.entries(edits)) {
    body[part] = edit === null || typeof edit === "string" ? edit : { ...body[part], ...edit };
  }
  return JSON.stringify(body);
}

function inBrief(event: BuildkiteEvent): string {
  switch (event.kind) {
    case "build.changed":
      return `build ${buildInBrief(event.build)}`;
    case "job.changed":
      return `job ${jobInBrief(event.job)}; build ${buildInBrief(event.build)}`;
    case "agent.changed":
      return `agent ${event.agent.name} of ${event.organization} ${event.change} at ${time(event.at)}`;
  }
}

function buildInBrief(build: BuildSnapshot): string {
  const parts = [
    `${build.pipeline}#${build.number} ${build.state}${build.blocked ? " and blocked" : ""}`,
    `${build.branch} at ${build.commit?.slice(0, 7) ?? "?"}`,
    `${build.source} by ${build.author?.username ?? build.creator?.name ?? "nobody"}`,
    `started ${time(build.startedAt)}, failing ${time(build.failingAt)}, finished ${time(build.finishedAt)}`,
    build.pullRequest === null ? "" : `pull request ${build.pullRequest.number}`,
    build.rebuiltFrom === null ? "" : `rebuild of ${build.rebuiltFrom}`,
    build.triggeredFrom === null ? "" : `from ${build.triggeredFrom.pipeline}#${build.triggeredFrom.number}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function jobInBrief(job: JobSnapshot): string {
  const parts = [
    `${job.id.slice(0, 4)} ${job.type} "${job.name}" (${job.key}) ${job.state}`,
    `exit ${job.exitStatus}`,
    `started ${time(job.startedAt)}, finished ${time(job.finishedAt)}`,
    job.promisedExitStatus === null ? "" : `promised exit ${job.promisedExitStatus}`,
    job.parallel === null ? "" : `shard ${job.parallel.index}/${job.parallel.total}`,
    job.retried ? `retried in ${job.retriedIn?.slice(0, 4)}` : "",
    job.retryOf === null ? "" : `retry of ${job.retryOf.slice(0, 4)}`,
    job.triggeredBuild === null ? "" : `triggered ${job.triggeredBuild.pipeline}#${job.triggeredBuild.number}`,
  ];
  return parts.filter((part) => part !== "").join(", ");
}

function time(instant: number | null): string {
  return instant === null ? "-" : new Date(instant).toISOString().slice(11, 19);
}
