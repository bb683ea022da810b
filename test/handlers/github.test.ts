/** What the handlers of GitHub's events leave in Redis, and what they fire; once, however often an event comes. */
import type { Redis } from "ioredis";
import { beforeAll, describe, expect, it } from "vitest";
import type { CheckRequest, GithubEvent } from "../../src/domain/event.ts";
import { Organization } from "../../src/domain/ids.ts";
import { RepositoryName } from "../../src/domain/pull.ts";
import { record } from "../../src/handlers/index.ts";
import type { Triggers } from "../../src/jobs/queue.ts";
import { markId } from "../../src/jobs/subjects.ts";
import { createStores } from "../../src/state/index.ts";
import { FakeClock } from "../harness/clock.ts";
import { buildRef } from "../harness/facts.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const acme = Organization.parse("acme");
const repository = { organization: acme, repository: RepositoryName.parse("payments-api") };
const commit = "4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180";
const by = { login: "ada", type: "User" };
let connection: Redis;
let receivers = 0;

beforeAll(async () => {
  connection = await redis.open();
});

function receiver() {
  receivers += 1;
  const stores = createStores(connection, `handlers${receivers}`);
  const clock = new FakeClock();
  let fired: string[] = [];
  return {
    stores,
    /** @returns what was fired; as if it had run at once. */
    async take(event: GithubEvent): Promise<string[]> {
      fired = [];
      const triggers: Triggers = {
        fire: async (marks) => void fired.push(...marks.map(markId)),
        refire: async () => 0,
        wakeAt: async () => {},
      };
      await record(event, { ...stores, clock, triggers });
      for (const organization of await stores.marks.organizations()) {
        for (const mark of await stores.marks.waiting(organization)) {
          const taken = await stores.marks.take(mark);
          if (taken !== null) await stores.marks.finish(taken, clock.now());
        }
      }
      return fired;
    },
  };
}

describe("a comment with a command", () => {
  it("is kept and answered once, and has an unknown pull request fetched", async () => {
    const { stores, take } = receiver();
    const comment = { pull: { ...repository, number: 7 }, id: 99, author: by, createdAt: 1 };
    const event = { kind: "comment.created", comment: { ...comment, body: "/signalbox rerun" } } as const;
    expect(await take(event)).toEqual(["acme|answerComment|payments-api|7|99", "acme|fetchPull|payments-api|7"]);
    expect(await stores.comments.read(repository, 99)).toEqual({ ...comment, commands: ["rerun"] });
    expect(await stores.comments.read(repository, 98)).toBeNull();
    await stores.pulls.setAbsent(comment.pull, "unknown");
    expect(await take(event)).toEqual([]);
  });
});

describe("a wish at a check run", () => {
  const request: CheckRequest = {
    repository,
    what: "rerun",
    commit,
    externalId: "acme-inc/payments-api/42",
    by,
    delivery: "72d3162e",
  };
  const build = { ...buildRef(42), organization: Organization.parse("acme-inc") };
  const wish = { ...build, request: "check-72d3162e" };

  it("is kept with the build that it is about, once", async () => {
    const { stores, take } = receiver();
    const event = { kind: "check.requested", request } as const;
    expect(await take(event)).toEqual(["acme-inc|rerunBuild|payments-api|42|check-72d3162e"]);
    expect(await stores.checkRequests.read(wish)).toEqual(request);
    expect(await take(event)).toEqual([]);
    expect(await take({ ...event, request: { ...request, delivery: "other" } })).toHaveLength(1);
  });

  it("is nothing when the check run names no build", async () => {
    const { take } = receiver();
    for (const externalId of ["acme-inc", "acme-inc/payments-api/0", "acme-inc/payments-api/1/2", "a b/c/1"]) {
      expect(await take({ kind: "check.requested", request: { ...request, externalId } })).toEqual([]);
    }
  });

  it("for a whole suite is one for each build of the commit", async () => {
    const { stores, take } = receiver();
    await stores.reports.add(repository, commit, build);
    await stores.reports.add(repository, commit, { ...buildRef(7), organization: Organization.parse("other") });
    const suite: CheckRequest = { ...request, what: "rerunSuite", externalId: null };
    const fired = await take({ kind: "check.requested", request: suite });
    expect(fired).toEqual([
      "acme-inc|rerunBuild|payments-api|42|check-72d3162e",
      "other|rerunBuild|payments-api|7|check-72d3162e",
    ]);
    expect(await stores.checkRequests.read(wish)).toEqual(suite);
    expect(await take({ kind: "check.requested", request: suite })).toEqual([]);
  });
});

describe("a push", () => {
  it.each([
    [true, ["acme|readRepositoryPolicy|payments-api"]],
    [false, []],
  ])("to the default branch (%s) has the settings read", async (isDefaultBranch, fired) => {
    const push = { repository, branch: "main", head: commit, isDefaultBranch };
    expect(await receiver().take({ kind: "commits.pushed", push })).toEqual(fired);
  });
});

describe("an installation that changed", () => {
  it("is read, at its former owner's as well", async () => {
    const { take } = receiver();
    const former = Organization.parse("old");
    expect(await take({ kind: "installation.changed", organization: acme, former: null })).toEqual([
      "acme|readInstallation|app",
    ]);
    expect(await take({ kind: "installation.changed", organization: acme, former })).toEqual([
      "acme|readInstallation|app",
      "old|readInstallation|app",
    ]);
  });
});
