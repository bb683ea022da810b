import { describe, expect, it } from "vitest";
import type { MergeMethod } from "../../sandbox/github/merge.ts";
import { minute } from "../harness/clock.ts";
import { type Answer, pages, repo, startGithubClient } from "./github-client.ts";

describe("commits of the GitHub stand-in", () => {
  it("compares two of them: oldest first, in pages, with the files on the first one", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    const base = repository.tip();
    for (let index = 1; index <= 5; index += 1) {
      repository.commit({ message: `Change ${index}`, files: { [`src/${index}.ts`]: "a\nb\n" } });
    }
    const first = await ask(`GET ${repo}/compare/${base}...main?per_page=2`);
    expect(first.json).toMatchObject({ status: "ahead", ahead_by: 5, behind_by: 0, total_commits: 5 });
    expect(first.json.files.map(({ filename }: { filename: string }) => filename)).toHaveLength(5);
    expect(first.json.files[0]).toMatchObject({ filename: "src/1.ts", status: "added", additions: 2, deletions: 0 });
    expect(messages(first.json.commits)).toEqual(["Change 1", "Change 2"]);
    const last = await ask(`GET ${repo}/compare/${base}...main?per_page=2&page=3`);
    expect(messages(last.json.commits)).toEqual(["Change 5"]);
    expect(last.json.files).toBeUndefined();
    expect(pages(last)).toEqual(["prev=2", "first=1"]);
    expect((await ask(`GET ${repo}/compare/main...${base}`)).json).toMatchObject({ status: "behind", behind_by: 5 });
    expect((await ask(`GET ${repo}/compare/main...main`)).json).toMatchObject({ status: "identical", files: [] });
    expect((await ask(`GET ${repo}/compare/${"0".repeat(40)}...main`)).status).toBe(404);
  });

  it("compares with a branch of a fork, where both went on", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    const fork = repository.fork("eve");
    fork.commit({ branch: "feature/x", author: "eve", files: { "x.ts": "x" } });
    repository.commit({ files: { "README.md": null } });
    const { json } = await ask(`GET ${repo}/compare/main...${encodeURIComponent("eve:feature/x")}`);
    expect(json).toMatchObject({ status: "diverged", ahead_by: 1, behind_by: 1, total_commits: 1 });
    expect(json.files.map(({ filename }: { filename: string }) => filename)).toEqual(["x.ts"]);
  });

  it("shows a commit with who wrote it, as far as GitHub knows them", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    const known = repository.commit({ author: { name: "A.", email: "ADA@example.com" }, files: { "a.ts": "1\n" } });
    expect((await ask(`GET ${repo}/commits/${known.sha}`)).json).toMatchObject({
      author: { login: "ada", type: "User" },
      commit: { author: { name: "A.", email: "ADA@example.com", date: "2026-09-21T10:00:00Z" } },
      files: [{ filename: "a.ts", status: "added" }],
    });
    const nobody = repository.commit({ author: { name: "Eve", email: "eve@nowhere" } });
    expect((await ask(`GET ${repo}/commits/main`)).json).toMatchObject({ sha: nobody.sha, author: null });
    expect((await ask(`GET ${repo}/commits/nope`)).status).toBe(422);
  });

  it("gives files at a commit, in JSON or raw, and lists folders", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    const { sha } = repository.commit({ files: { ".github/signalbox.yml": "a: 1\n" } });
    repository.commit({ files: { ".github/signalbox.yml": null } });
    const path = `GET ${repo}/contents/.github%2Fsignalbox.yml`;
    const { json } = await ask(`${path}?ref=${sha}`);
    expect(json).toMatchObject({ type: "file", encoding: "base64", size: 5, path: ".github/signalbox.yml" });
    expect(Buffer.from(json.content, "base64").toString()).toBe("a: 1\n");
    expect((await ask(`${path}?ref=${sha}`, undefined, { accept: "application/vnd.github.raw+json" })).json).toBe(
      "a: 1\n",
    );
    expect((await ask(path)).status).toBe(404);
    expect((await ask(`${path}?ref=gone`)).json.message).toBe("No commit found for the ref gone");
    expect((await ask(`GET ${repo}/contents/.github?ref=${sha}`)).json).toMatchObject([{ name: "signalbox.yml" }]);
  });
});

describe("merges of the GitHub stand-in", () => {
  it.each<[MergeMethod, string[], string]>([
    ["merge", ["Merge pull request #1 from acme/round", "Test", "Round", "Begin"], "grace"],
    ["squash", ["Round halves (#1)", "Begin"], "grace"],
    ["rebase", ["Test", "Round", "Begin"], "grace"],
    ["queue", ["Round halves (#1)", "Begin"], "github-merge-queue[bot]"],
  ])("%s leaves the commits that GitHub leaves, and they lead to the pull request", async (method, history, by) => {
    await using started = await startGithubClient();
    const { github, ask, clock } = started;
    const repository = github.repository("acme/web");
    const commits = [{ message: "Round" }, { message: "Test", author: "grace", files: { "t.ts": "t" } }];
    const pull = repository.pull({ title: "Round halves", branch: "round", commits });
    clock.advance(minute);
    const tip = repository.mergePull(pull, { method, by: "grace" });
    const { json: listed } = await ask(`GET ${repo}/commits`);
    expect(messages(listed).map((message) => message.split("\n")[0])).toEqual(history);
    expect((await ask(`GET ${repo}/contents/t.ts`)).status).toBe(200);
    expect((await ask(`GET ${repo}/pulls/1`)).json).toMatchObject({
      state: "closed",
      merged: true,
      merged_at: "2026-09-21T10:01:00Z",
      merge_commit_sha: tip.sha,
      merged_by: { login: by },
      commits: 2,
    });
    for (const sha of [tip.sha, pull.headSha]) {
      expect(numbers(await ask(`GET ${repo}/commits/${sha}/pulls`))).toEqual([1]);
    }
    expect(numbers(await ask(`GET ${repo}/commits/${pull.baseSha}/pulls`))).toEqual([]);
  });

  it("names co-authors of a squash, and tells a commit of an open pull request from one on main", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    const one = repository.pull({ branch: "one", commits: [{ message: "A" }, { message: "B", author: "grace" }] });
    expect(numbers(await ask(`GET ${repo}/commits/${one.headSha}/pulls`))).toEqual([1]);
    const other = repository.pull({ branch: "two", commits: [{ message: "C" }] });
    repository.mergePull(one, { method: "squash" });
    expect((await ask(`GET ${repo}/commits/main`)).json.commit.message).toBe(
      "Change 1 (#1)\n\n* A\n\n* B\n\nCo-authored-by: grace <grace@example.com>",
    );
    github.as("ada").close(other);
    expect(numbers(await ask(`GET ${repo}/commits/${other.headSha}/pulls`))).toEqual([]);
  });

  it("sees that somebody pushed a pull request to main by hand", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    const pull = repository.pull({ branch: "round" });
    repository.forcePush("main", pull.headSha, "grace");
    expect((await ask(`GET ${repo}/pulls/1`)).json).toMatchObject({ merged: true, merged_by: { login: "grace" } });
  });
});

function messages(commits: readonly { commit: { message: string } }[]): string[] {
  return commits.map(({ commit }) => commit.message);
}

function numbers({ json }: Answer): number[] {
  return json.map(({ number }: { number: number }) => number);
}
