import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Organization } from "../../src/domain/ids.ts";
import { type PullRef, type PullSnapshot, RepositoryName, type Review } from "../../src/domain/pull.ts";
import { createStores, type Stores } from "../../src/state/index.ts";
import type { Mark } from "../../src/state/marks.ts";
import { second } from "../harness/clock.ts";
import { effort } from "../harness/effort.ts";
import { buildRef } from "../harness/facts.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const begin = Date.UTC(2026, 8, 21, 10, 0, 0);
let stores: Stores;
let pulls: Stores["pulls"];
let count = 0;

beforeAll(async () => {
  stores = createStores(await redis.open(), "pulls");
  ({ pulls } = stores);
});

/** Another pull request each time. */
function newPull(): PullRef {
  count += 1;
  return {
    organization: Organization.parse("acme"),
    repository: RepositoryName.parse("payments-api"),
    number: count,
  };
}

function commit(number: number): string {
  return number.toString(16).padStart(40, "0");
}

function snapshot(pull: PullRef, over: Partial<PullSnapshot> = {}): PullSnapshot {
  return {
    ...pull,
    updatedAt: begin,
    state: "open",
    merged: false,
    draft: false,
    title: "Retry payments",
    author: { login: "ada", type: "User" },
    mergedBy: null,
    mergeCommit: null,
    // A commit that no other test has.
    head: { sha: commit(pull.number * 1000), branch: "retry", repository: "acme/payments-api" },
    base: { sha: commit(1), branch: "main" },
    labels: [],
    ...over,
  };
}

function headOf(pull: PullRef, number: number): PullSnapshot["head"] {
  return { sha: commit(pull.number * 1000 + number), branch: "retry", repository: "acme/payments-api" };
}

function review(id: number, over: Partial<Review> = {}): Review {
  const reviewer = { login: "grace", type: "User" };
  return { id, reviewer, state: "approved", submittedAt: begin + id * second, commit: null, ...over };
}

function kinds(marks: readonly Mark[]): string[] {
  return marks.map(({ subject }) => subject.split("|", 1)[0] ?? "");
}

/** Ends the jobs that were marked, as if they had run. */
async function run(marks: readonly Mark[]): Promise<void> {
  for (const mark of marks) {
    const taken = await stores.marks.take(mark);
    if (taken !== null) await stores.marks.finish(taken, begin);
  }
}

describe("a snapshot of a pull request", () => {
  it("that is the first is what is known, and its head is to be checked", async () => {
    const pull = newPull();
    expect(await pulls.read(pull)).toBeNull();
    const marks = await pulls.record(snapshot(pull), "webhook", begin);
    expect(kinds(marks)).toEqual(["checkRepositoryPolicy"]);
    expect(await pulls.read(pull)).toEqual({ ...snapshot(pull), reviews: [] });
  });

  it("that is the first after a build of its head is to be reported to as well", async () => {
    const pull = newPull();
    await stores.reports.add(pull, snapshot(pull).head.sha, buildRef(1));
    const marks = await pulls.record(snapshot(pull), "webhook", begin);
    expect(kinds(marks)).toEqual(["commentOnPull", "checkRepositoryPolicy"]);
  });

  it("that is repeated changes nothing, and fires a mark that still stands", async () => {
    const pull = newPull();
    const marks = await pulls.record(snapshot(pull), "webhook", begin);
    expect(kinds(await pulls.record(snapshot(pull), "webhook", begin + 1))).toEqual(kinds(marks));
    await run(marks);
    expect(await pulls.record(snapshot(pull), "webhook", begin + 2)).toEqual([]);
    expect(await pulls.isUncertain(pull)).toBe(false);
  });

  it.each<[what: string, over: Partial<PullSnapshot>]>([
    ["has another title", { title: "Retry payments twice" }],
    ["is ready for review", { draft: true }],
    ["is closed", { state: "closed" }],
    ["is merged", { state: "closed", merged: true }],
  ])("that is newer and %s is what is known, and says nothing new of its builds", async (_, over) => {
    const pull = newPull();
    await stores.reports.add(pull, snapshot(pull).head.sha, buildRef(1));
    await run(await pulls.record(snapshot(pull), "webhook", begin));
    const next = snapshot(pull, { updatedAt: begin + second, ...over });
    expect(await pulls.record(next, "webhook", begin)).toEqual([]);
    expect(await pulls.read(pull)).toEqual({ ...next, reviews: [] });
  });

  it("with a new head is checked again, and commented on where that head was built already", async () => {
    const next = (pull: PullRef) => snapshot(pull, { updatedAt: begin + second, head: headOf(pull, 1) });
    const [fresh, built] = [newPull(), newPull()];
    for (const pull of [fresh, built]) await run(await pulls.record(snapshot(pull), "webhook", begin));
    await stores.reports.add(built, next(built).head.sha, buildRef(1));
    expect(kinds(await pulls.record(next(fresh), "webhook", begin))).toEqual(["checkRepositoryPolicy"]);
    const marks = await pulls.record(next(built), "webhook", begin);
    expect(kinds(marks)).toEqual(["commentOnPull", "checkRepositoryPolicy"]);
  });

  it("that is open again is told of its builds, as one with a new head", async () => {
    const pull = newPull();
    await run(await pulls.record(snapshot(pull), "webhook", begin));
    await run(await pulls.record(snapshot(pull, { updatedAt: begin + second, state: "closed" }), "webhook", begin));
    await stores.reports.add(pull, snapshot(pull).head.sha, buildRef(1));
    const marks = await pulls.record(snapshot(pull, { updatedAt: begin + 2 * second }), "webhook", begin);
    expect(kinds(marks)).toEqual(["commentOnPull", "checkRepositoryPolicy"]);
  });

  it("that is older changes nothing", async () => {
    const pull = newPull();
    const newer = snapshot(pull, { updatedAt: begin + second, state: "closed" });
    await run(await pulls.record(newer, "webhook", begin));
    expect(await pulls.record(snapshot(pull), "webhook", begin)).toEqual([]);
    expect(await pulls.record(snapshot(pull), "api", begin)).toEqual([]);
    expect(await pulls.read(pull)).toEqual({ ...newer, reviews: [] });
  });

  it("that is older and merged is not lost", async () => {
    const pull = newPull();
    await run(await pulls.record(snapshot(pull, { updatedAt: begin + second }), "webhook", begin));
    const by = { login: "grace", type: "User" };
    const merged = snapshot(pull, { state: "closed", merged: true, mergedBy: by, mergeCommit: commit(7) });
    await pulls.record(merged, "webhook", begin);
    const facts = await pulls.read(pull);
    expect(facts).toMatchObject({ state: "closed", merged: true, mergedBy: by, mergeCommit: commit(7) });
    expect(await pulls.withHead(pull, snapshot(pull).head.sha)).toEqual([]);
  });

  it("that a person opens again is open", async () => {
    const pull = newPull();
    await pulls.record(snapshot(pull, { state: "closed" }), "webhook", begin);
    await pulls.record(snapshot(pull, { updatedAt: begin + second }), "webhook", begin);
    expect(await pulls.read(pull)).toMatchObject({ state: "open" });
  });
});

describe("two snapshots of one second", () => {
  const opened = { title: "Opened" };
  const closed: Partial<PullSnapshot> = { title: "Closed", state: "closed" };

  it.each([
    ["in one order", [opened, closed]],
    ["in the other", [closed, opened]],
  ])("by webhook, %s, leave a doubt and are taken for closed", async (_, told) => {
    const pull = newPull();
    const [first = {}, then = {}] = told;
    await run(await pulls.record(snapshot(pull, first), "webhook", begin));
    expect(kinds(await pulls.record(snapshot(pull, then), "webhook", begin + 1))).toContain("fetchPull");
    expect(await pulls.isUncertain(pull)).toBe(true);
    expect(await pulls.read(pull)).toMatchObject(closed);
  });

  it("are settled by GitHub's answer, whatever a redelivery says after it", async () => {
    const pull = newPull();
    await pulls.record(snapshot(pull, closed), "webhook", begin);
    await run(await pulls.record(snapshot(pull, opened), "webhook", begin + 1));
    await run(await pulls.record(snapshot(pull, opened), "api", begin + 2));
    expect(await pulls.isUncertain(pull)).toBe(false);
    await pulls.record(snapshot(pull, closed), "webhook", begin + 3);
    expect(await pulls.isUncertain(pull)).toBe(false);
    expect(await pulls.read(pull)).toMatchObject(opened);
  });

  it("are not settled by an answer that was asked for before", async () => {
    const pull = newPull();
    await pulls.record(snapshot(pull, closed), "webhook", begin + 10);
    expect(kinds(await pulls.record(snapshot(pull, opened), "api", begin))).toContain("fetchPull");
    expect(await pulls.isUncertain(pull)).toBe(true);
    await pulls.record(snapshot(pull, closed), "api", begin + 20);
    expect(await pulls.isUncertain(pull)).toBe(false);
    expect(await pulls.read(pull)).toMatchObject(closed);
  });

  it("leave a doubt when the webhook comes after the answer", async () => {
    const pull = newPull();
    await pulls.record(snapshot(pull, opened), "api", begin);
    expect(kinds(await pulls.record(snapshot(pull, closed), "webhook", begin + 10))).toContain("fetchPull");
    await pulls.record(snapshot(pull, closed), "api", begin + 20);
    expect(await pulls.read(pull)).toMatchObject(closed);
  });

  it("are no matter any more when a later one comes", async () => {
    const pull = newPull();
    await pulls.record(snapshot(pull, closed), "webhook", begin);
    await pulls.record(snapshot(pull, opened), "webhook", begin);
    await pulls.record(snapshot(pull, { updatedAt: begin + second }), "webhook", begin);
    expect(await pulls.isUncertain(pull)).toBe(false);
  });

  it("are given up when GitHub's answers stay older for a minute", async () => {
    const pull = newPull();
    const late = { updatedAt: begin + second };
    await pulls.record(snapshot(pull, { ...late, ...closed }), "webhook", begin);
    await pulls.record(snapshot(pull, { ...late, ...opened }), "webhook", begin);
    await pulls.record(snapshot(pull), "api", begin + second);
    expect(await pulls.isUncertain(pull)).toBe(true);
    await pulls.record(snapshot(pull), "api", begin + 61 * second);
    expect(await pulls.isUncertain(pull)).toBe(false);
  });
});

describe("a review", () => {
  it("of a reviewer is the newest that says something", async () => {
    const pull = newPull();
    await pulls.record(snapshot(pull), "webhook", begin);
    const approved = review(1);
    const changes = review(2, { state: "changes_requested" });
    for (const each of [changes, approved, review(3, { state: "commented" })]) {
      expect(await pulls.recordReview(pull, each, begin)).toEqual([]);
    }
    const other = review(4, { reviewer: { login: "Linus", type: "User" }, state: "commented" });
    await pulls.recordReview(pull, other, begin);
    expect((await pulls.read(pull))?.reviews).toEqual([changes, other]);
  });

  it.each([
    ["before", ["dismissed", "approved"]],
    ["after", ["approved", "dismissed"]],
  ] as const)("that was dismissed is so, told %s its approval", async (_, states) => {
    const pull = newPull();
    await pulls.record(snapshot(pull), "webhook", begin);
    for (const state of states) await pulls.recordReview(pull, review(1, { state }), begin);
    expect((await pulls.read(pull))?.reviews).toEqual([review(1, { state: "dismissed" })]);
  });

  it("of an unknown pull request has it fetched, and is kept until then", async () => {
    const pull = newPull();
    expect(kinds(await pulls.recordReview(pull, review(1), begin))).toEqual(["fetchPull"]);
    expect(await pulls.read(pull)).toBeNull();
    expect(await pulls.isUncertain(pull)).toBe(true);
    await pulls.record(snapshot(pull), "api", begin);
    expect((await pulls.read(pull))?.reviews).toEqual([review(1)]);
  });

  it("of the hundred and first reviewer takes the place of the oldest", async () => {
    const pull = newPull();
    await pulls.record(snapshot(pull), "webhook", begin);
    const ids = Array.from({ length: 110 }, (_, i) => ((i * 37) % 110) + 1);
    for (const id of ids) {
      await pulls.recordReview(pull, review(id, { reviewer: { login: `person-${id}`, type: "User" } }), begin);
    }
    const kept = (await pulls.read(pull))?.reviews.map(({ id }) => id);
    expect(kept).toEqual(Array.from({ length: 100 }, (_, i) => i + 11));
  });
});

describe("a commit", () => {
  it("is the head of those open pull requests that have it now", async () => {
    const [one, two, three] = [newPull(), newPull(), newPull()];
    const head = headOf(one, 1);
    for (const pull of [one, two, three]) await pulls.record(snapshot(pull, { head }), "webhook", begin);
    expect(await pulls.withHead(one, head.sha)).toEqual([one, two, three].map(({ number }) => number));
    await pulls.record(snapshot(one, { updatedAt: begin + second, head: headOf(one, 2) }), "webhook", begin);
    await pulls.record(snapshot(two, { updatedAt: begin + second, head, state: "closed" }), "webhook", begin);
    expect(await pulls.withHead(one, head.sha)).toEqual([three.number]);
    expect(await pulls.withHead({ ...one, repository: RepositoryName.parse("other") }, head.sha)).toEqual([]);
  });
});

describe("a pull request that somebody names", () => {
  it("is fetched when it is unknown, and asked for again only when GitHub may know it by now", async () => {
    const pull = newPull();
    expect(kinds(await pulls.want(pull, begin))).toEqual(["fetchPull"]);
    await pulls.setAbsent(pull, "unknown");
    expect(await pulls.want(pull, begin)).toEqual([]);
    expect(await pulls.isUncertain(pull)).toBe(false);
    await pulls.record(snapshot(pull), "webhook", begin);
    expect(await pulls.want(pull, begin)).toEqual([]);
    expect(await pulls.read(pull)).not.toBeNull();
  });
});

describe("whatever is told of a pull request", () => {
  type Told =
    | { readonly kind: "snapshot"; readonly over: Partial<PullSnapshot>; readonly api: boolean; readonly at: number }
    | { readonly kind: "review"; readonly review: Review };
  const few = fc.integer({ min: 0, max: 2 });
  const person = fc.constantFrom("ada", "grace").map((login) => ({ login, type: "User" }));
  const toldSnapshot = fc
    .record({
      after: few,
      what: fc.constantFrom("open", "closed", "merged"),
      n: few,
      api: fc.boolean(),
      at: few,
      by: fc.option(person),
    })
    .map(({ after, what, n, api, at, by }): Told => {
      const over: Partial<PullSnapshot> = {
        updatedAt: begin + after * second,
        title: `Title ${n}`,
        state: what === "open" ? "open" : "closed",
        head: { sha: commit(0xabc + n), branch: "retry", repository: null },
        ...(what === "merged" && { merged: true, mergedBy: by, mergeCommit: n === 0 ? null : commit(n) }),
      };
      return { kind: "snapshot", api, at: begin + at, over };
    });
  const toldReview = fc
    .record({
      id: fc.integer({ min: 1, max: 4 }),
      after: few,
      login: fc.constantFrom("ada", "grace", "Grace"),
      state: fc.constantFrom<Review["state"]>("approved", "changes_requested", "commented", "dismissed"),
    })
    .map(({ id, after, login, state }): Told => {
      const over = { reviewer: { login, type: "User" }, state, submittedAt: begin + after * second };
      return { kind: "review", review: review(id, over) };
    });
  const told: fc.Arbitrary<Told> = fc.oneof(toldSnapshot, toldReview);

  async function tell(pull: PullRef, all: readonly Told[]): Promise<void> {
    for (const one of all) {
      if (one.kind === "review") await pulls.recordReview(pull, one.review, begin);
      else
        await pulls.record(snapshot(pull, { head: headOf(pull, 0), ...one.over }), one.api ? "api" : "webhook", one.at);
    }
  }

  it("adds up to the same in any order, however often", async () => {
    const history = fc.array(told, { minLength: 1, maxLength: 8 }).chain((all) => {
      const again = fc.array(fc.constantFrom(...all), { maxLength: 4 });
      return again.chain((more) =>
        fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...more], { minLength: all.length + more.length })),
      );
    });
    await fc.assert(
      fc.asyncProperty(history, async ([all, shuffled]) => {
        const [one, other] = [newPull(), newPull()];
        await tell(one, all);
        await tell(other, shuffled);
        const [facts, others] = [await pulls.read(one), await pulls.read(other)];
        expect({ ...others, number: 0 }).toEqual({ ...facts, number: 0 });
        const head = facts?.head.sha ?? commit(0);
        const withHead = await pulls.withHead(one, head);
        expect(withHead.includes(one.number)).toBe(facts?.state === "open");
        expect(withHead.includes(other.number)).toBe(facts?.state === "open");
        // Who merged it is known when anybody said so.
        const merged = all.some((each) => each.kind === "snapshot" && each.over.merged === true);
        expect(facts?.merged ?? false).toBe(merged);
      }),
      { numRuns: effort(2000, 100) },
    );
  }, 60_000);

  it("and once GitHub was asked after all of it, is what GitHub said", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(told, { maxLength: 6 }), told, async (all, last) => {
        const pull = newPull();
        await tell(pull, all);
        if (last.kind === "review") return;
        const known = await pulls.read(pull);
        const answer = snapshot(pull, { ...last.over, updatedAt: Math.max(known?.updatedAt ?? 0, begin) });
        await pulls.record(answer, "api", begin + 10);
        expect(await pulls.isUncertain(pull)).toBe(false);
        const merged = known?.merged === true || answer.merged;
        expect(await pulls.read(pull)).toMatchObject({
          title: answer.title,
          head: answer.head,
          merged,
          state: merged ? "closed" : answer.state,
        });
      }),
      { numRuns: effort(1000, 50) },
    );
  }, 60_000);
});
