import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readBuild, readJob } from "../../src/buildkite/bodies.ts";
import { Organization } from "../../src/domain/ids.ts";
import type { Malformed } from "../../src/malformed.ts";
import { readFixture } from "../ingress/harness.ts";

const context = { organization: Organization.parse("acme-inc"), mask: (text: string) => text };

const minimalBuild = {
  id: "50cdf952-8886-446e-af8c-02a9f1875796",
  number: 7,
  state: "passed",
  branch: "main",
  url: "https://api.buildkite.com/v2/organizations/acme-inc/pipelines/payments-api/builds/7",
};
const minimalJob = { id: "d6768791-c4eb-4801-a06b-25989e3de8e5", type: "script", state: "passed" };
const sha = "4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180";

describe("a build", () => {
  it("is the same whether it comes by webhook or by REST", () => {
    const { build, pipeline } = JSON.parse(readFixture("build.finished").toString());
    const byWebhook = understood(readBuild(build, pipeline));
    const byRest = understood(readBuild(readRest("rest.get-build.with-retried")));
    expect(byRest).toEqual(byWebhook);
  });

  it("needs no more than what names it", () => {
    const { organization, pipeline, ...rest } = build({});
    expect([organization, pipeline]).toEqual(["acme-inc", "payments-api"]);
    expect(Object.values(rest).filter((value) => value !== null && value !== false)).toEqual([
      7,
      minimalBuild.id,
      "passed",
      "main",
    ]);
  });

  it.each([
    ["2026-09-21 10:00:00 UTC", "2026-09-21T10:00:00.000Z"],
    ["2026-09-21T10:00:00.250Z", "2026-09-21T10:00:00.250Z"],
    ["2026-09-21T12:00:00+02:00", "2026-09-21T10:00:00.000Z"],
    ["2026-13-21 10:00:00 UTC", null],
    ["2026-09-21 10:00:00 CEST", null],
    ["yesterday", null],
    ["", null],
    [1789984800, null],
  ])("was created at %j, read as %j", (created_at, expected) => {
    const { createdAt } = build({ created_at });
    expect(createdAt === null ? null : new Date(createdAt).toISOString()).toBe(expected);
  });

  it.each([
    [null, null],
    ["Ada", { name: "Ada", email: null, username: null }],
    [
      { name: "Ada", email: "a@example.com", date: "x" },
      { name: "Ada", email: "a@example.com", username: null },
    ],
    [
      { name: null, email: null, username: "ada" },
      { name: null, email: null, username: "ada" },
    ],
    [
      { name: 7, email: "a@example.com" },
      { name: null, email: "a@example.com", username: null },
    ],
    [{}, null],
    ["", null],
    [[], null],
  ])("has the author %j, read as %j", (author, expected) => {
    expect(build({ author }).author).toEqual(expected);
  });

  it.each([
    [null, null],
    [{}, null],
    [
      { id: "517", base: "main" },
      { number: 517, base: "main" },
    ],
    [
      { id: 517, base: 1 },
      { number: 517, base: null },
    ],
    [{ id: "false", base: "main" }, null],
    [{ id: "", base: "main" }, null],
    [{ id: "0", base: "main" }, null],
    [{ id: "1e3", base: "main" }, null],
  ])("is of the pull request %j, read as %j", (pull_request, expected) => {
    expect(build({ pull_request }).pullRequest).toEqual(expected);
  });

  it.each([
    [sha, undefined, sha],
    ["v1.2", `commit ${sha}\n`, "v1.2"],
    ["HEAD", `commit ${sha}\nabbrev-commit 4f8d2c9b7a`, sha],
    ["HEAD", `Author: x\ncommit ${sha}`, null],
    ["HEAD", "commit 4f8d2c9b7a", null],
    ["HEAD", undefined, null],
    ["", `commit ${sha}`, sha],
    [null, 5, null],
  ])("of the commit %j with git's words %j is of %j", (commit, gitShow, expected) => {
    expect(build({ commit, meta_data: { "buildkite:git:commit": gitShow } }).commit).toBe(expected);
  });

  it.each([
    ["https://token@github.com/acme/x.git", "https://github.com/acme/x.git"],
    ["https://user:p@ss@github.com/acme/x.git", "https://github.com/acme/x.git"],
    ["https://github.com/acme/x@y.git", "https://github.com/acme/x@y.git"],
    ["git@github.com:acme/x.git", "git@github.com:acme/x.git"],
    ["ssh://git@github.com/acme/x.git", "ssh://git@github.com/acme/x.git"],
    [null, null],
  ])("of the repository %j keeps %j", (repository, expected) => {
    expect(build({ pipeline: { repository } }).repository).toBe(expected);
  });

  it("links to the build that triggered it, in its own organization", () => {
    const from = (build_number: unknown, build_pipeline_slug: unknown) =>
      build({ triggered_from: { build_number, build_pipeline_slug } }).triggeredFrom;
    expect(from(88, "root")).toEqual({ pipeline: "root", number: 88 });
    expect(from(88, "../root")).toBeNull();
    expect(from(0, "root")).toBeNull();
    expect(from(null, "root")).toBeNull();
  });

  it.each([
    [{ number: 8 }, "build.number must be the number in build.url."],
    [{ pipeline: { slug: "other" } }, "pipeline.slug must be the pipeline that build.url names."],
  ])("that contradicts its address with %j is believed in neither", (fields, problem) => {
    expect(readBuild({ ...minimalBuild, ...fields })).toEqual({ kind: "malformed", problem });
  });

  it("knows whether Signalbox made it", () => {
    expect(build({ meta_data: { "signalbox:kind": "analytics" } }).madeBySignalbox).toBe("analytics");
    expect(build({ meta_data: null }).madeBySignalbox).toBeNull();
  });

  it("has a branch that no invisible character makes another's", () => {
    expect(build({ branch: "main\u202e" }).branch).toBe("main\ufffd");
    expect(build({ branch: "ma\x00in" }).branch).toBe("ma\ufffdin");
    expect(build({ branch: "feature/é-🚀" }).branch).toBe("feature/é-🚀");
    expect(build({ branch: "x".repeat(10_000) }).branch).toBe("x".repeat(255));
  });

  it("has a message of some lines without what would disturb a reader", () => {
    expect(build({ message: "\x1b[31mone\r\ntwo\u202e\x00 " }).message).toBe("[31mone\ntwo");
    expect(build({ message: `${"x".repeat(999)}🚀` }).message).toBe("x".repeat(999));
    expect(build({ message: "\ud800" }).message).toBe("\ufffd");
    expect(build({ message: "\x00" }).message).toBeNull();
  });
});

describe("a job", () => {
  it("is read out of REST answers, whatever its type", () => {
    const { jobs } = z
      .object({ jobs: z.array(z.looseObject({ type: z.string() })) })
      .parse(readRest("rest.get-build.with-retried"));
    const lines = jobs.map((job) => {
      const read = understood(readJob(job, context));
      if (read === null) return `${job.type}: nothing`;
      const retries = `${read.retriedIn === null ? "" : " retried"}${read.retryOf === null ? "" : " retry"}`;
      return `${read.type} ${read.key}: ${read.state}${read.softFailed ? " softly" : ""} ${read.exitStatus}${retries}`;
    });
    expect(lines).toMatchInlineSnapshot(`
      [
        "script :pipeline:: passed 0",
        "script specs: passed 0",
        "script specs: failed 1",
        "script specs: timed_out -1",
        "script specs: passed 0",
        "script lint: failed -1 retried",
        "script lint: passed 0 retry",
        "script audit: failed softly 1",
        "waiter: nothing",
        "script package: waiting_failed null",
        "script docs: broken null",
      ]
    `);
  });

  it("is read out of the answer to a retry", () => {
    expect(readJob(readRest("rest.retry-job.200"), context)).toMatchObject({
      state: "scheduled",
      retryOf: "d6768791-c4eb-4801-a06b-25989e3de8e5",
    });
  });

  it.each([undefined, null, "", " "])("with the state %j is nothing", (state) => {
    expect(readJob({ ...minimalJob, state }, context)).toBeNull();
  });

  it.each([
    [{ name: ":rspec: Specs", label: "label", command: "make" }, ":rspec: Specs"],
    [{ name: "", label: "Release?", command: "make" }, "Release?"],
    [{ name: null, command: "\n\nmake test\nmake lint" }, "make test"],
    [{ name: " \t", command: " " }, "script"],
    [{ name: "two\nlines" }, "twolines"],
    [{ name: "x".repeat(300) }, "x".repeat(255)],
    [{}, "script"],
  ])("called %j is called %j", (fields, name) => {
    expect(job(fields)?.name).toBe(name);
  });

  it("has a secret in its command masked before anything else could hide it from the mask", () => {
    const mask = (text: string) => text.replaceAll("ghp_secret", "***");
    const read = (command: string) => understood(readJob({ ...minimalJob, command }, { ...context, mask }))?.name;
    expect(read("curl -u ghp_secret example.com")).toBe("curl -u *** example.com");
    expect(read("ghp_\x00secret")).toBe("***");
    expect(read(`${"x".repeat(250)}ghp_secret`)).toBe(`${"x".repeat(250)}***`);
  });

  it.each([
    [{ step_key: "specs", name: "Specs" }, "specs"],
    [{ step_key: null, name: "Specs" }, "Specs"],
    [{ step_key: "", command: "make" }, "make"],
    [{ step_key: "specs", parallel_group_index: 3, parallel_group_total: 4 }, "specs"],
    [{ step_key: "specs", matrix: { os: "linux", arch: "arm" } }, 'specs {"arch":"arm","os":"linux"}'],
    [{ step_key: "specs", matrix: { arch: "arm", os: "linux" } }, 'specs {"arch":"arm","os":"linux"}'],
    [{ step_key: "specs", matrix: { "": 3 } }, 'specs {"":3}'],
    [{ step_key: "specs", matrix: "linux" }, 'specs "linux"'],
    [{ step_key: "specs", matrix: {} }, "specs"],
    [{ step_key: "specs", matrix: { os: { deep: true } } }, "specs"],
    [{ step_key: "specs", matrix: [] }, "specs"],
  ])("of %j is told apart by %j", (fields, key) => {
    expect(job(fields)?.key).toBe(key);
  });

  it.each([
    [1, 4, { index: 1, total: 4 }],
    [0, 1, { index: 0, total: 1 }],
    [1, null, null],
    [undefined, 4, null],
    ["1", 4, null],
    [1.5, 4, null],
  ])("of shard %j and %j shards is %j", (index, total, parallel) => {
    expect(job({ parallel_group_index: index, parallel_group_total: total })?.parallel).toEqual(parallel);
  });

  it.each([
    [0, 0],
    [-1, -1],
    [137, 137],
    [null, null],
    ["1", null],
    [1.5, null],
  ])("that exits with %j exits with %j", (exit_status, exitStatus) => {
    expect(job({ exit_status, promised_exit_status: exit_status })).toMatchObject({
      exitStatus,
      promisedExitStatus: exitStatus,
    });
  });

  it("points to the build it triggered only within its organization", () => {
    const to = (url: unknown) => job({ triggered_build: { url } })?.triggeredBuild;
    expect(to("https://api.buildkite.com/v2/organizations/acme-inc/pipelines/deploy/builds/64")).toEqual({
      pipeline: "deploy",
      number: 64,
    });
    expect(to("https://api.buildkite.com/v2/organizations/other/pipelines/deploy/builds/64")).toBeNull();
    expect(to("https://buildkite.com/acme-inc/deploy/builds/64")).toBeNull();
    expect(job({ triggered_build: null })?.triggeredBuild).toBeNull();
  });

  it("keeps no link to a job whose id is none", () => {
    expect(job({ retried: true, retried_in_job_id: "../x", retry_source: { job_id: 4 } })).toMatchObject({
      retried: true,
      retriedIn: null,
      retryOf: null,
    });
  });
});

function build(fields: object) {
  return understood(readBuild({ ...minimalBuild, ...fields }));
}

function job(fields: object) {
  return understood(readJob({ ...minimalJob, ...fields }, context));
}

function understood<Snapshot extends object | null>(read: Snapshot | Malformed): Snapshot {
  if (read !== null && "problem" in read) throw new Error(read.problem);
  return read;
}

function readRest(name: string): unknown {
  return JSON.parse(readFixture(name).toString());
}
