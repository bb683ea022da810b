import { readFileSync } from "node:fs";
import { verify } from "@octokit/webhooks-methods";
import { describe, expect, it } from "vitest";
import { newRun } from "../../sandbox/github/checks.ts";
import type { Github } from "../../sandbox/github/index.ts";
import { startServer } from "../../sandbox/http.ts";
import { minute } from "../harness/clock.ts";
import { repo, startGithubClient } from "./github-client.ts";

type Json = Readonly<Record<string, unknown>>;
const file = new URL(import.meta.resolve("@octokit/webhooks-examples/api.github.com/index.json"));
const examples: readonly { readonly name: string; readonly examples: readonly Json[] }[] = JSON.parse(
  readFileSync(file, "utf8"),
);

/** What each event can be, and what people do for it. */
const stories: Readonly<Record<string, (github: Github) => void>> = {
  "ping null": (github) => github.ping(),
  "installation created": (github) => void github.install("other"),
  "installation deleted": (github) => github.repository("acme/web").installation?.uninstall(),
  "installation suspend": (github) => github.repository("acme/web").installation?.suspend(),
  "installation unsuspend": (github) => github.repository("acme/web").installation?.unsuspend(),
  "installation_repositories added": (github) => github.repository("acme/web").installation?.add("acme/web"),
  "installation_repositories removed": (github) => github.repository("acme/web").installation?.remove("acme/web"),
  "repository renamed": (github) => github.repository("acme/web").rename("site"),
  "push null": (github) => void github.repository("acme/web").push({ files: { "a.ts": "1" } }),
  "pull_request opened": (github) => void github.repository("acme/web").pull({ labels: ["bug"] }),
  "pull_request synchronize": (github) => {
    github.repository("acme/web").pull({ branch: "a" });
    github.repository("acme/web").push({ branch: "a" });
  },
  "pull_request closed": (github) => github.as("ada").merge(github.repository("acme/web").pull()),
  "pull_request reopened": (github) => {
    const pull = github.repository("acme/web").pull();
    github.as("ada").close(pull);
    github.as("ada").reopen(pull);
  },
  "pull_request edited": (github) => github.as("ada").edit(github.repository("acme/web").pull(), { title: "New" }),
  "pull_request labeled": (github) => github.as("ada").label(github.repository("acme/web").pull(), "bug"),
  "pull_request unlabeled": (github) => github.as("ada").unlabel(github.repository("acme/web").pull(), "bug"),
  "pull_request ready_for_review": (github) => github.as("ada").markReady(github.repository("acme/web").pull()),
  "pull_request converted_to_draft": (github) => github.as("ada").markDraft(github.repository("acme/web").pull()),
  "pull_request_review submitted": (github) =>
    void github.as("ada").review(github.repository("acme/web").pull(), "approved"),
  "pull_request_review dismissed": (github) => {
    const pull = github.repository("acme/web").pull();
    github.as("ada").dismiss(pull, github.as("ada").review(pull, "approved"));
  },
  "issue_comment created": (github) => void github.as("ada").comment(github.repository("acme/web").pull(), "Hi"),
  "issue_comment edited": (github) => {
    const comment = github.as("ada").comment(github.repository("acme/web").pull(), "Hi");
    github.as("ada").editComment(comment, "Ho");
  },
  "issue_comment deleted": (github) => {
    const comment = github.as("ada").comment(github.repository("acme/web").pull(), "Hi");
    github.as("ada").deleteComment(comment);
  },
  "check_run created": (github) => void run(github),
  "check_run completed": (github) => void run(github),
  "check_run rerequested": (github) => github.as("ada").rerequest(run(github)),
  "check_run requested_action": (github) => github.as("ada").press(run(github), "rerun"),
  "check_suite requested": (github) => void github.repository("acme/web").push({}),
  "check_suite rerequested": (github) => github.as("ada").rerequestAll(github.repository("acme/web").pull()),
};

function run(github: Github) {
  const pull = github.repository("acme/web").pull();
  const actions = [{ label: "Rerun", description: "Again", identifier: "rerun" }];
  const content = { ...newRun("web", 0), status: "completed", conclusion: "failure", completedAt: 0, actions } as const;
  return github.repository("acme/web").checks.create(pull.headSha, content, [], github.account("signalbox[bot]"));
}

/** Fields that only some examples have: of deployments, or of another time. */
const rare = /\.deployment$|\.check_suite\.head_commit\.\w+\.username$|\.allow_\w+$|\.delete_branch_on_merge$/;

/** Every key of the example that ours lacks. Where one of both is null or empty, nothing below can be compared. */
function missing(example: unknown, ours: unknown, path = ""): string[] {
  if (Array.isArray(example) && Array.isArray(ours)) {
    return example.length === 0 || ours.length === 0 ? [] : missing(example[0], ours[0], `${path}[]`);
  }
  if (!isRecord(example) || !isRecord(ours) || /\.(permissions|files)$/.test(path)) return [];
  return Object.keys(example).flatMap((key) =>
    Object.hasOwn(ours, key) ? missing(example[key], ours[key], `${path}.${key}`) : [`${path}.${key}`],
  );
}

function isRecord(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

describe("webhooks of the GitHub stand-in", () => {
  it.each(Object.entries(stories))("%s has what GitHub's example has", async (name, act) => {
    await using started = await startGithubClient();
    const { github } = started;
    const [event = "", action = ""] = name.split(" ");
    act(github);
    const told = github.outbox.findLast((each) => each.event === event && String(each.action) === action);
    const ours = JSON.parse(told?.body ?? "null");
    expect(ours).not.toBeNull();
    const all = examples.find((each) => each.name === event)?.examples ?? [];
    const same = all.filter((each) => (each.action ?? null) === (action === "null" ? null : action));
    const others = name.startsWith("ping") ? same.filter(({ hook }) => isRecord(hook) && hook.type === "App") : same;
    const lacks = others.flatMap((example) => missing(example, ours)).filter((path) => !rare.test(path));
    expect([...new Set(lacks)]).toEqual([]);
  });

  it("are signed, and named in their headers", async () => {
    await using started = await startGithubClient();
    const { github } = started;
    const got: { headers: Record<string, unknown>; body: string }[] = [];
    await using server = await startServer(({ headers, body }) => {
      got.push({ headers, body });
      return { status: 202 };
    });
    github.connect({ url: `${server.url}/hook`, secret: "shh" });
    github.repository("acme/web").push({ message: "Zoë 🚀" });
    expect(await github.deliver()).toEqual([202, 202]);
    const [push] = got;
    expect(push?.headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\//),
      "x-github-event": "push",
      "x-github-delivery": expect.stringMatching(/^[0-9a-f-]{36}$/),
      "x-github-hook-installation-target-id": "29310",
    });
    expect(await verify("shh", push?.body ?? "", String(push?.headers["x-hub-signature-256"]))).toBe(true);
  });

  it("tell nobody of what the app cannot see, and of what came before there was a webhook", async () => {
    await using started = await startGithubClient({ events: ["pull_request"] });
    const { github } = started;
    github.repository("other/web").commit();
    github.repository("other/web").pull();
    const web = github.repository("acme/web");
    const fork = web.fork("eve");
    fork.push({ branch: "x", author: "eve" });
    expect(github.outbox).toEqual([]);
    web.pull({ fork, branch: "x", author: "eve" });
    web.installation?.suspend();
    web.push({});
    expect(github.take().map(({ event, action }) => `${event} ${action}`)).toEqual([
      "pull_request opened",
      "installation suspend",
    ]);
  });

  it("say of a push what came, went or was replaced", async () => {
    await using started = await startGithubClient();
    const { github } = started;
    const web = github.repository("acme/web");
    const before = web.tip();
    web.push([
      { message: "A", files: { a: "1" } },
      { message: "B", files: { a: "2", "README.md": null } },
    ]);
    web.forcePush("main", before);
    web.push({ branch: "b", message: "C" });
    web.deleteBranch("b");
    const pushes = github.take().filter(({ event }) => event === "push");
    expect(pushes.map(({ body }) => told(JSON.parse(body)))).toEqual([
      "refs/heads/main A,B",
      "refs/heads/main forced ",
      "refs/heads/b created C",
      "refs/heads/b deleted ",
    ]);
    expect(JSON.parse(pushes[0]?.body ?? "").head_commit).toMatchObject({ modified: ["a"], removed: ["README.md"] });
  });

  it("are tried once; the app can see what became of them, and ask again", async () => {
    await using started = await startGithubClient();
    const { github, app, clock } = started;
    let status = 500;
    await using server = await startServer(() => ({ status }));
    github.connect({ url: server.url, secret: "shh" });
    const pull = github.repository("acme/web").pull();
    github.take();
    clock.advance(minute);
    github.as("ada").comment(pull, "Hi");
    expect(await github.deliver()).toEqual([500]);
    expect(await github.deliver()).toEqual([]);
    const listed = await app("GET /app/hook/deliveries?per_page=3");
    expect(listed.json).toMatchObject([
      { event: "issue_comment", action: "created", status: "Invalid HTTP Response: 500", status_code: 500 },
      { event: "pull_request", action: "opened", status: "failed to connect to host", status_code: 502 },
      { event: "check_suite", delivered_at: "2026-09-21T10:00:00Z", redelivery: false },
    ]);
    const next = /<([^>]+)>; rel="next"/.exec(listed.headers.get("link") ?? "")?.[1] ?? "";
    const rest = await app(`GET ${next.slice(github.url.length)}`);
    expect(rest.json).toMatchObject([{ event: "push" }]);
    expect(rest.headers.get("link")).toBeNull();

    const [failed] = listed.json;
    const detail = await app(`GET /app/hook/deliveries/${failed.id}`);
    expect(detail.json.request).toMatchObject({
      headers: { "X-GitHub-Delivery": failed.guid },
      payload: { action: "created", comment: { body: "Hi" } },
    });
    status = 200;
    expect((await app(`POST /app/hook/deliveries/${failed.id}/attempts`)).status).toBe(202);
    expect(github.outbox).toMatchObject([{ guid: failed.guid, redelivery: true }]);
    expect(await github.deliver()).toEqual([200]);
    const [again] = (await app("GET /app/hook/deliveries?per_page=1")).json;
    expect(again).toMatchObject({ guid: failed.guid, redelivery: true, status: "OK" });
    expect(again.id).toBeGreaterThan(failed.id);
    expect((await app("POST /app/hook/deliveries/1/attempts")).status).toBe(404);
  });

  it("count as failed when the app is away, until somebody sends what was taken", async () => {
    await using started = await startGithubClient();
    const { github } = started;
    github.as("ada").comment(github.repository("acme/web").issue("Typo"), "Hi");
    const [comment] = github.take();
    if (comment === undefined) throw new Error("Cannot go on: nobody was told");
    expect(github.attempts.map(({ statusCode }) => statusCode)).toEqual([502]);
    expect(await github.send(comment)).toEqual({ status: 502, body: "" });
    await using server = await startServer(() => ({ status: 200 }));
    github.connect({ url: server.url, secret: "shh" });
    await github.send(comment);
    expect(github.attempts.map(({ statusCode }) => statusCode)).toEqual([502, 200]);
  });

  it("tell the app what it did itself", async () => {
    await using started = await startGithubClient();
    const { github, ask } = started;
    github.repository("acme/web").pull();
    github.take();
    await ask(`POST ${repo}/issues/1/comments`, { body: "Hello" });
    await ask(`POST ${repo}/check-runs`, { name: "web", head_sha: github.repository("acme/web").tip() });
    const senders = github.take().map(({ event, body }) => `${event} ${JSON.parse(body).sender.login}`);
    expect(senders).toEqual(["issue_comment signalbox[bot]", "check_run signalbox[bot]"]);
  });
});

function told(push: Json & { readonly commits: readonly { readonly message: string }[] }): string {
  const how = ["created", "deleted", "forced"].filter((word) => push[word] === true);
  return [push.ref, ...how, push.commits.map(({ message }) => message).join(",")].join(" ");
}
