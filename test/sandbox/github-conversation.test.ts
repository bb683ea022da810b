import { describe, expect, it } from "vitest";
import { readPull } from "../../sandbox/github/read.ts";
import { minute } from "../harness/clock.ts";
import { repo, startGithubClient } from "./github-client.ts";

describe("the conversation in the GitHub stand-in", () => {
  it("lets the app write, edit and delete comments, and find them again", async () => {
    await using started = await startGithubClient();
    const { github, ask, clock } = started;
    const pull = github.repository("acme/web").pull();
    github.as("bob").comment(pull, "First!");
    const comments = `${repo}/issues/1/comments`;
    const created = await ask(`POST ${comments}`, { body: "Hello" });
    expect(created).toMatchObject({ status: 201, json: { user: { login: "signalbox[bot]", type: "Bot" } } });
    const one = `${repo}/issues/comments/${created.json.id}`;
    clock.advance(minute);
    expect((await ask(`PATCH ${one}`, { body: "Bye" })).json).toMatchObject({
      body: "Bye",
      created_at: "2026-09-21T10:00:00Z",
      updated_at: "2026-09-21T10:01:00Z",
    });
    const { json } = await ask(`GET ${comments}`);
    expect(json.map(({ body }: { body: string }) => body)).toEqual(["First!", "Bye"]);
    expect(json[0].author_association).toBe("NONE");
    expect((await ask(`DELETE ${one}`)).status).toBe(204);
    expect((await ask(`GET ${one}`)).status).toBe(404);
    expect((await ask(`POST ${repo}/issues/7/comments`, { body: "x" })).status).toBe(404);
  });

  it.each([
    ["too long", "x".repeat(65_537), 422],
    ["as long as possible", "x".repeat(65_536), 201],
    ["blank", " \n", 422],
  ])("takes a comment that is %s or not", async (_name, body, status) => {
    await using started = await startGithubClient();
    started.github.repository("acme/web").pull();
    expect((await started.ask(`POST ${repo}/issues/1/comments`, { body })).status).toBe(status);
  });

  it("keeps one reaction of each kind", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const comment = github.as("ada").comment(github.repository("acme/web").issue("Typo"), "Hi");
    const reactions = `${repo}/issues/comments/${comment.id}/reactions`;
    expect((await ask(`POST ${reactions}`, { content: "eyes" })).status).toBe(201);
    expect((await ask(`POST ${reactions}`, { content: "eyes" })).status).toBe(200);
    expect((await ask(`POST ${reactions}`, { content: "tada" })).status).toBe(422);
    expect((await ask(`GET ${reactions}`)).json).toMatchObject([{ content: "eyes", user: { type: "Bot" } }]);
  });

  it("says what people may do, in its old words and its new ones", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    github.repository("acme/web").permit("ada", "maintain");
    const level = async (login: string) => (await ask(`GET ${repo}/collaborators/${login}/permission`)).json;
    expect(await level("ADA")).toMatchObject({ permission: "write", role_name: "maintain", user: { login: "ada" } });
    github.account("bob");
    expect(await level("bob")).toMatchObject({ permission: "read" });
    expect(await level("nobody")).toMatchObject({ message: "nobody is not a user" });
    expect((await ask("GET /users/Ada")).json).toMatchObject({ login: "ada", name: "Ada Lovelace", email: null });
  });

  it("lists pull requests, their files and their reviews", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const repository = github.repository("acme/web");
    const pull = repository.pull({ branch: "a", labels: ["bug"], draft: true, commits: [{ files: { "a.ts": "1" } }] });
    const fork = repository.fork("eve");
    repository.pull({ fork, branch: "main", author: "eve", commits: [{ files: { "b.ts": "1" } }] });
    repository.push({ branch: "a", files: { "README.md": null } });
    const grace = github.as("grace");
    grace.dismiss(pull, grace.review(pull, "approved"));
    grace.review(pull, "changes_requested", "No");
    const found = async (query: string) =>
      (await ask(`GET ${repo}/pulls${query}`)).json.map(({ number }: { number: number }) => number);
    expect(await found("")).toEqual([2, 1]);
    expect(await found("?head=eve:main")).toEqual([2]);
    expect(await found("?state=closed")).toEqual([]);
    expect((await ask(`GET ${repo}/pulls/1/files`)).json).toMatchObject([
      { filename: "README.md", status: "removed" },
      { filename: "a.ts", status: "added" },
    ]);
    expect((await ask(`GET ${repo}/pulls/1/reviews`)).json).toMatchObject([
      { state: "DISMISSED", user: { login: "grace" } },
      { state: "CHANGES_REQUESTED", commit_id: pull.headSha },
    ]);
    expect((await ask(`GET ${repo}/pulls/1`)).json).toMatchObject({ draft: true, labels: [{ name: "bug" }] });
    expect((await ask(`GET ${repo}/pulls/2`)).json.head.repo.full_name).toBe("eve/web");
  });
});

describe("check runs of the GitHub stand-in", () => {
  it("are created twice when asked twice; lists show the newest of each name", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const head_sha = github.repository("acme/web").tip();
    const create = { name: "Signalbox: web", head_sha, external_id: "acme/web/1", status: "in_progress" };
    const { json: first } = await ask(`POST ${repo}/check-runs`, create);
    const { json: second } = await ask(`POST ${repo}/check-runs`, create);
    const list = async (query: string) => {
      const { json } = await ask(`GET ${repo}/commits/main/check-runs?${query}`);
      return json.check_runs.map(({ id }: { id: number }) => id);
    };
    expect(await list("")).toEqual([second.id]);
    expect(await list("filter=all&check_name=Signalbox%3A%20web&app_id=29310")).toEqual([second.id, first.id]);
    expect(await list("check_name=other")).toEqual([]);
    expect(await list("app_id=1")).toEqual([]);
    // Another app's are not ours to change, whatever their name.
    const other = github.repository("acme/web").checks.foreign(head_sha, create.name, "success");
    expect(await list("")).toEqual([other.id, second.id]);
    expect(await list("app_id=29310")).toEqual([second.id]);
    expect((await ask(`PATCH ${repo}/check-runs/${other.id}`, { status: "queued" })).status).toBe(403);
    expect((await ask(`POST ${repo}/check-runs`, { ...create, head_sha: "0".repeat(40) })).status).toBe(422);
  });

  it("are completed by a conclusion, begin again without one, and collect annotations", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    const pull = github.repository("acme/web").pull({ title: "Round" });
    const { json } = await ask(`POST ${repo}/check-runs`, { name: "web", head_sha: pull.headSha });
    expect(json).toMatchObject({ status: "queued", conclusion: null, pull_requests: [{ number: 1 }] });
    const run = `PATCH ${repo}/check-runs/${json.id}`;
    const annotation = { path: "a.ts", start_line: 3, end_line: 3, annotation_level: "failure", message: "Expected 1" };
    const output = { title: "1 job failed", summary: "Specs", annotations: [annotation] };
    const actions = [{ label: "Rerun failed jobs", description: "All of them", identifier: "rerun" }];
    const done = await ask(run, { conclusion: "failure", output, actions });
    expect(done.json).toMatchObject({ status: "completed", completed_at: "2026-09-21T10:00:00Z" });
    const { text: _none, ...rest } = { ...output, text: "" };
    expect((await ask(run, { output: rest })).json.output.annotations_count).toBe(2);
    const comment = github.as("ada").comment(pull, "Look");
    await ask(`POST ${repo}/issues/1/comments`, { body: "<!-- signalbox:pull -->\n**Red**" });
    await ask(`POST ${repo}/issues/comments/${comment.id}/reactions`, { content: "eyes" });
    expect(readPull(pull)).toMatchInlineSnapshot(`
      "#1 Round (open, by ada)

      ada:
        Look
        👀 1

      signalbox[bot]:
        **Red**

      ✗ web — 1 job failed [Rerun failed jobs]
        Specs
        failure: a.ts:3 Expected 1
        failure: a.ts:3 Expected 1"
    `);
    expect((await ask(run, { status: "in_progress" })).json).toMatchObject({ conclusion: null, completed_at: null });
  });

  it.each<[string, object, number]>([
    ["a long summary", { output: { title: "t", summary: "x".repeat(65_536) } }, 422],
    ["the longest summary", { output: { title: "t", summary: "x".repeat(65_535) } }, 201],
    ["a long text", { output: { title: "t", summary: "s", text: "x".repeat(65_536) } }, 422],
    ["no summary", { output: { title: "t" } }, 422],
    ["51 annotations", { output: { title: "t", summary: "s", annotations: Array(51).fill(noted()) } }, 422],
    ["50 annotations", { output: { title: "t", summary: "s", annotations: Array(50).fill(noted()) } }, 201],
    ["four actions", { actions: Array(4).fill(action()) }, 422],
    ["three actions", { actions: Array(3).fill(action()) }, 201],
    ["a long label", { actions: [action({ label: "x".repeat(21) })] }, 422],
    ["a long description", { actions: [action({ description: "x".repeat(41) })] }, 422],
    ["a long identifier", { actions: [action({ identifier: "x".repeat(21) })] }, 422],
    ["an end without a conclusion", { status: "completed" }, 422],
    ["a conclusion that only GitHub gives", { conclusion: "stale" }, 422],
    ["a link that is none", { details_url: "javascript:alert(1)" }, 422],
  ])("with %s", async (_name, more, status) => {
    await using started = await startGithubClient();
    const head_sha = started.github.repository("acme/web").tip();
    expect((await started.ask(`POST ${repo}/check-runs`, { name: "web", head_sha, ...more })).status).toBe(status);
  });
});

function noted() {
  return { path: "a.ts", start_line: 1, end_line: 1, annotation_level: "failure", message: "m" };
}

function action(over: object = {}) {
  return { label: "Rerun", description: "Again", identifier: "rerun", ...over };
}
