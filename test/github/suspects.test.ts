/** What came to a branch between two commits, asked of the stand-in by few calls. */
import { describe, expect, it } from "vitest";
import type { Commit } from "../../sandbox/github/git.ts";
import type { MergeOptions } from "../../sandbox/github/merge.ts";
import type { PullOptions } from "../../sandbox/github/pull.ts";
import type { Repository } from "../../sandbox/github/repository.ts";
import type { Changes } from "../../src/domain/changes.ts";
import { findSuspects } from "../../src/domain/find-suspects.ts";
import { culpritIn, responsibleFor, type Suspects } from "../../src/domain/suspects.ts";
import { type GithubClient, GithubUnclear } from "../../src/github/client.ts";
import { fetchChanges } from "../../src/github/suspects.ts";
import { Later } from "../../src/later.ts";
import { useRedis } from "../harness/redis.ts";
import { ref, type Stage, startStage } from "./stage.ts";

const redis = useRedis();
const web = ref("acme/web");
const never = new AbortController().signal;

interface Scene extends Stage {
  readonly repository: Repository;
  look(base: string | null, head: string): Promise<Changes | null>;
  suspects(base: string | null, head: string, branch?: string): Promise<Suspects>;
  /** What the API was asked in the last look, tokens and installations apart. */
  asked(): string[];
}

async function start(): Promise<Scene> {
  const stage = await startStage(redis);
  const { standIn, client } = stage;
  const repository = standIn.repository("acme/web");
  repository.commit({ message: "Begin", author: "grace", files: { "README.md": "# Web" } });
  standIn.install("acme");
  let from = 0;
  const look = (base: string | null, head: string): Promise<Changes | null> => {
    from = standIn.requests.length;
    return fetchChanges(client, web, { base, head }, never);
  };
  return {
    ...stage,
    repository,
    look,
    async suspects(base, head, branch = "main") {
      const changes = await look(base, head);
      if (changes === null) throw new Error("Cannot find suspects: GitHub does not know the commits");
      return findSuspects(changes.commits, branch, changes.truncated);
    },
    asked: () =>
      standIn.requests
        .slice(from)
        .map(({ name }) => name ?? "?")
        .filter((name) => !name.startsWith("apps.")),
  };
}

function named({ list }: Suspects): string[] {
  return list.map((suspect) => {
    const what = suspect.kind === "pull" ? `#${suspect.number} ${suspect.title}` : suspect.title;
    return `${what} by ${responsibleFor(suspect)?.username ?? "nobody"}`;
  });
}

function land(repository: Repository, title: string, options: Partial<PullOptions> & MergeOptions = {}): Commit {
  const { method = "squash", by, ...rest } = options;
  const pull = repository.pull({ title, ...rest });
  return repository.mergePull(pull, { method, ...(by !== undefined && { by }) });
}

/** Pull requests, squashed one after the other. @returns the hashes on main; the first was there before. */
function linearHistory(repository: Repository, length: number): string[] {
  const shas = [repository.tip()];
  for (let i = 1; i <= length; i += 1) {
    shas.push(land(repository, `Change ${i}`, { author: ["ada", "grace", "bob"][i % 3] ?? "ada" }).sha);
  }
  return shas;
}

describe("a linear history of 300 commits", () => {
  it("is searched with few calls, wherever it broke", async () => {
    const scene = await start();
    const shas = linearHistory(scene.repository, 300);
    const at = (index: number): string => shas[index] ?? "";

    const middle = await scene.suspects(at(149), at(150));
    expect(named(middle)).toEqual(["#150 Change 150 by ada"]);
    expect(culpritIn(middle)).not.toBeNull();
    expect(scene.asked().length).toBeLessThanOrEqual(2);

    const few = await scene.suspects(at(147), at(150));
    expect(named(few)).toEqual(["#150 Change 150 by ada", "#149 Change 149 by bob", "#148 Change 148 by grace"]);

    const all = await scene.suspects(at(0), at(300));
    expect(named(all)).toEqual(
      [300, 299, 298, 297, 296].map((i) => `#${i} Change ${i} by ${["ada", "grace", "bob"][i % 3]}`),
    );
    expect([all.total, all.truncated, culpritIn(all)]).toEqual([100, true, null]);
    expect(scene.asked().length).toBeLessThanOrEqual(5);
  });

  it("is searched by texts for the most part, without GraphQL", async () => {
    const scene = await start();
    const shas = linearHistory(scene.repository, 300);
    scene.standIn.faults.next("graphql", { kind: "status", status: 404 }, 2);
    const all = await scene.suspects(shas[0] ?? "", shas[300] ?? "");
    expect(named(all)[4]).toBe("#296 Change 296 by bob");
    expect(scene.asked().length).toBeLessThanOrEqual(5);
  });
});

describe("what came to a branch", () => {
  it("is told by pull request, however each was merged", async () => {
    const scene = await start();
    const { repository } = scene;
    const base = repository.tip();
    land(repository, "By merge", {
      method: "merge",
      author: "ada",
      by: "grace",
      commits: [{ message: "a" }, { message: "b" }],
    });
    land(repository, "By squash", { author: "grace", commits: [{ message: "a" }, { message: "b", author: "bob" }] });
    land(repository, "By rebase", { method: "rebase", author: "bob", commits: [{ message: "a" }, { message: "b" }] });
    land(repository, "By queue", { method: "queue", author: "ada" });
    const head = repository.push({ message: "By hand", author: "bob" }).sha;
    const suspects = await scene.suspects(base, head);
    expect(named(suspects)).toEqual([
      "By hand by bob",
      "#4 By queue by ada",
      "#3 By rebase by bob",
      "#2 By squash by grace",
      "#1 By merge by ada",
    ]);
    expect(suspects.list[3]?.coAuthors).toMatchObject([{ email: "bob@example.com" }]);
    expect(suspects.total).toBe(5);
  });

  it("from a fork is its author's, and a bot's whose who merged it", async () => {
    const scene = await start();
    const { repository } = scene;
    const base = repository.tip();
    land(repository, "Contribute", { fork: repository.fork("eve"), author: "eve", by: "grace" });
    const head = land(repository, "Bump deps", { author: "renovate[bot]", by: "grace" }).sha;
    expect(named(await scene.suspects(base, head))).toEqual(["#2 Bump deps by grace", "#1 Contribute by eve"]);
  });

  it("brings the paths of the files along", async () => {
    const scene = await start();
    const { repository } = scene;
    const base = repository.tip();
    const files = Object.fromEntries(
      Array.from({ length: 120 }, (_, i) => [`src/${String(i).padStart(3, "0")}.ts`, "x"]),
    );
    const head = repository.push({ message: "Many", files }).sha;
    const changes = await scene.look(base, head);
    expect(changes?.files).toHaveLength(100);
    expect(changes?.files[0]).toBe("src/000.ts");
  });

  it("is what is ahead, on a branch that was pushed over", async () => {
    const scene = await start();
    const { repository } = scene;
    const start0 = repository.tip();
    const green = repository.push({ message: "Lost", author: "ada" }).sha;
    const red = repository.commit({ branch: "other", parents: [start0], message: "Instead", author: "bob" }).sha;
    repository.forcePush("main", red, "bob");
    expect(named(await scene.suspects(green, red))).toEqual(["Instead by bob"]);
  });

  it("is nothing, when the branch went back", async () => {
    const scene = await start();
    const before = scene.repository.tip();
    const after = scene.repository.push({ message: "More" }).sha;
    expect(await scene.suspects(after, before)).toEqual({ list: [], total: 0, truncated: false });
  });

  it("is only the red commit, when no green one is known, or GitHub has thrown it away", async () => {
    const scene = await start();
    const head = land(scene.repository, "Fix", { author: "grace" }).sha;
    for (const base of [null, "0".repeat(40)]) {
      const suspects = await scene.suspects(base, head);
      expect(named(suspects)).toEqual(["#1 Fix by grace"]);
      expect([suspects.truncated, culpritIn(suspects)]).toEqual([true, null]);
      expect(scene.asked().length).toBeLessThanOrEqual(5);
    }
  });
});

describe("a later page that GitHub refuses", () => {
  it("leaves the red commit", async () => {
    const scene = await start();
    const shas = linearHistory(scene.repository, 3);
    const [base = "", , , head = ""] = shas;
    const first = { total_commits: 150, commits: [], files: [] };
    scene.standIn.faults.next("repos.compareCommitsWithBasehead", { kind: "status", status: 200, body: first });
    const refused = { kind: "status", status: 422, body: { message: "No." } } as const;
    scene.standIn.faults.next("repos.compareCommitsWithBasehead", refused, 2);
    const suspects = await scene.suspects(base, head);
    expect([named(suspects), suspects.truncated]).toEqual([["#3 Change 3 by ada"], true]);
    expect(scene.asked().length).toBeLessThanOrEqual(5);
  });
});

describe("what cannot be told", () => {
  it("is nothing, where the app is not installed or the commit is unknown", async () => {
    const scene = await start();
    expect(await scene.look(null, "0".repeat(40))).toBeNull();
    scene.standIn.repository("other/web");
    const elsewhere = fetchChanges(scene.client, ref("other/web"), { base: null, head: "0".repeat(40) }, never);
    expect(await elsewhere).toBeNull();
  });

  it("is asked again later, when GitHub is away or has had enough", async () => {
    const scene = await start();
    const [base, head] = [scene.repository.tip(), scene.repository.push({}).sha];
    scene.standIn.faults.next("repos.compareCommitsWithBasehead", { kind: "status", status: 502 });
    await expect(scene.look(base, head)).rejects.toThrow(GithubUnclear);
    scene.standIn.faults.next("repos.compareCommitsWithBasehead", { kind: "rateLimited", retryAfterSeconds: 60 });
    await expect(scene.look(base, head)).rejects.toThrow(Later);
  });

  it("is not asked any more, when nobody waits", async () => {
    const scene = await start();
    const range = { base: null, head: scene.repository.tip() };
    const before = scene.standIn.requests.length;
    await expect(fetchChanges(scene.client, web, range, AbortSignal.abort())).rejects.toThrow("aborted");
    expect(scene.standIn.requests.length).toBe(before);
  });
});

describe("GitHub's answers", () => {
  const answering = (answers: Readonly<Record<string, unknown>>, pulls: unknown): GithubClient => ({
    host: "github.com",
    appId: 1,
    call: async (_, { name }) => ({ status: 200, data: answers[name], headers: {} }),
    graphql: async () => pulls,
    callAsApp: async () => ({ status: 200, data: null, headers: {} }),
    readInstallation: async () => undefined,
  });
  const [base, head] = ["b".repeat(40), "a".repeat(40)];
  const commit = { sha: head, parents: [{ sha: base }], commit: { message: "Fix" } };

  it("may lack what they have elsewhere, and hold what nobody asked for", async () => {
    const odd = [null, 7, { sha: "x" }, { ...commit, author: "ada", commit: { message: null, author: { name: 7 } } }];
    const compared = { total_commits: 1, commits: odd, files: [{}, { filename: "a.ts" }, null] };
    const node = { number: 12, title: null, mergedAt: "soon", baseRefName: "main", author: {}, mergedBy: 3 };
    const pulls = { repository: { c0: { associatedPullRequests: { nodes: [null, {}, node] } }, c1: null } };
    const client = answering({ "repos.compareCommitsWithBasehead": compared }, pulls);
    const changes = await fetchChanges(client, web, { base, head }, never);
    expect(changes).toMatchObject({ files: ["a.ts"], commits: [{ sha: head, message: "", author: null }] });
    expect(changes?.commits[0]?.pulls).toMatchObject([{ number: 12, title: "", mergedAt: null, author: null }]);
  });

  it.each([[undefined], [null], ["<html>"], [{}], [{ total_commits: "1", commits: {} }]])(
    "may be none: %j",
    async (data) => {
      const client = answering({ "repos.compareCommitsWithBasehead": data, "repos.getCommit": data }, data);
      expect(await fetchChanges(client, web, { base, head }, never)).toBeNull();
    },
  );

  it("say of a bot that it is one, in either API", async () => {
    const author = { __typename: "Bot", login: "renovate" };
    const node = { number: 12, title: "Bump", mergedAt: "2026-09-21T10:00:00Z", baseRefName: "main", author };
    const pulls = { repository: { c0: { associatedPullRequests: { nodes: [node] } } } };
    const client = answering({ "repos.compareCommitsWithBasehead": { total_commits: 1, commits: [commit] } }, pulls);
    const changes = await fetchChanges(client, web, { base, head }, never);
    expect(changes?.commits[0]?.pulls?.[0]?.author?.username).toBe("renovate[bot]");
  });
});
