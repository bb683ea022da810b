import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { GithubEvent } from "../../src/domain/event.ts";
import { StoreUnavailable } from "../../src/state/unavailable.ts";
import { exampleOf } from "./github-examples.ts";
import { githubAppId, githubHeaders, githubSecret, githubWebhookPath, startTestIngress } from "./harness.ts";

const body = '{"action":"opened","title":"Zoë 🚀"}';
const options = { githubSecrets: [githubSecret] };

function post(body: string | Buffer, headers: Record<string, string | string[]>) {
  return { method: "POST", body, headers };
}

function signed(body: string | Buffer, secret: string) {
  return { "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
}

describe("a webhook of GitHub", () => {
  it("is answered with what to set while the GitHub part is off", async () => {
    await using ingress = await startTestIngress();
    const answer = await ingress.send(githubWebhookPath, post(body, githubHeaders("ping", body, { key: "any" })));
    expect(answer.status).toBe(404);
    expect(answer.body).toBe(
      "The GitHub part is off: set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET of your GitHub App to turn it on.\n",
    );
  });

  it("is verified with each of the secrets", async () => {
    await using ingress = await startTestIngress({ githubSecrets: ["old", "new"] });
    for (const key of ["old", "new"]) {
      expect(await ingress.send(githubWebhookPath, post(body, githubHeaders("star", body, { key })))).toMatchObject({
        status: 200,
        body: "ignored: unknown event star\n",
      });
    }
    expect(ingress.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 20, event: "star", reason: "unknown event star" },
      { level: 20, event: "star" },
    ]);
  });

  it.each([
    ["no signature", {}],
    ["an empty signature", { "x-hub-signature-256": "" }],
    ["a signature with another secret", signed(body, "other")],
    ["a signature of another body", signed(`${body} `, githubSecret)],
    [
      "the signature twice",
      { "x-hub-signature-256": Object.values(signed(body, githubSecret)).flatMap((x) => [x, x]) },
    ],
    ["a SHA-1 signature", { "x-hub-signature": "sha1=7f38d63e5b4bc57e5a2a4ddf9a8fd4f7a0bba0e1" }],
    [
      "the digest without its algorithm",
      { "x-hub-signature-256": createHmac("sha256", githubSecret).update(body).digest("hex") },
    ],
    ["a digest that is too long", { "x-hub-signature-256": `${signed(body, githubSecret)["x-hub-signature-256"]}00` }],
  ])("is refused with %s", async (_, headers) => {
    await using ingress = await startTestIngress(options);
    const { "x-hub-signature-256": _good, ...others } = githubHeaders("ping", body);
    expect(await ingress.send(githubWebhookPath, post(body, { ...others, ...headers }))).toMatchObject({
      status: 401,
      body: "Not authenticated.\n",
    });
    expect(ingress.githubEvents).toEqual([]);
  });

  it.each<[what: string, body: string | Buffer]>([
    ["empty", ""],
    ["not JSON", "payload=%7B%7D"],
    ["not an object", "[]"],
    ["no UTF-8", Buffer.from('{"a":"\xff"}', "latin1")],
  ])("is refused when its body is %s", async (_, body) => {
    await using ingress = await startTestIngress(options);
    expect(await ingress.send(githubWebhookPath, post(body, githubHeaders("push", body)))).toMatchObject({
      status: 400,
      body: "Cannot read the webhook: the body must be a JSON object in UTF-8; set its content type to application/json.\n",
    });
  });

  it.each([
    ["content-type", "application/x-www-form-urlencoded", /set the content type of the webhook to application\/json/],
    ["x-github-event", "", /X-GitHub-Event must name the event/],
    ["x-github-event", "a b", /X-GitHub-Event must name the event/],
    ["x-github-delivery", "", /X-GitHub-Delivery must be a GUID/],
    ["x-github-delivery", "../../x", /X-GitHub-Delivery must be a GUID/],
    ["x-github-delivery", "a".repeat(65), /X-GitHub-Delivery must be a GUID/],
  ])("is refused when its %s is %j", async (name, value, reason) => {
    await using ingress = await startTestIngress(options);
    const headers = { ...githubHeaders("ping", body), [name]: value };
    const answer = await ingress.send(githubWebhookPath, post(body, headers));
    expect(answer.status).toBe(400);
    expect(answer.body).toMatch(reason);
  });

  it("is answered when it is stored, and not before", async () => {
    const asked = Promise.withResolvers<GithubEvent>();
    const stored = Promise.withResolvers<void>();
    await using ingress = await startTestIngress({
      ...options,
      recordGithub(event) {
        asked.resolve(event);
        return stored.promise;
      },
    });
    const raw = JSON.stringify(exampleOf("pull_request.opened").body);
    let answered = false;
    const answer = ingress.send(githubWebhookPath, post(raw, githubHeaders("pull_request", raw))).finally(() => {
      answered = true;
    });
    expect((await asked.promise).kind).toBe("pull.changed");
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    stored.resolve();
    expect(await answer).toMatchObject({ status: 200, body: "stored\n" });
  });

  it("is refused with 503 while it cannot be stored", async () => {
    await using ingress = await startTestIngress({
      ...options,
      recordGithub: () => Promise.reject(new StoreUnavailable("Cannot record")),
    });
    const raw = JSON.stringify(exampleOf("pull_request.opened").body);
    const answer = await ingress.send(githubWebhookPath, post(raw, githubHeaders("pull_request", raw)));
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
    expect(ingress.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, event: "pull_request", pull: "codertocat/hello-world#2", status: 503 },
    ]);
  });
});

/** Sends a changed example. @returns The event, or the answer when there is none. */
async function became(name: string, change: (body: Example) => unknown): Promise<unknown> {
  await using ingress = await startTestIngress(options);
  const { event, body } = exampleOf(name);
  const example: Example = structuredClone(body);
  change(example);
  const raw = JSON.stringify(example);
  const answer = await ingress.send(githubWebhookPath, post(raw, githubHeaders(event, raw)));
  return ingress.githubEvents[0] ?? `${answer.status} ${answer.body.trim()}`;
}

/** Of a body nothing is known; a test that goes astray in it fails. */
// biome-ignore lint/suspicious/noExplicitAny: examples are changed in places that differ from event to event
type Example = any;

describe("a pull request", () => {
  it("keeps every field that is used, and no more of a text than a person reads", async () => {
    const event = await became("pull_request.closed", ({ pull_request: pull }) => {
      Object.assign(pull, {
        title: `${"Zoë\n".repeat(100)}`,
        merged: true,
        merged_by: { login: "grace", type: "User" },
      });
      pull.head.repo = null;
      pull.labels = [{ name: "z" }, { name: "b".repeat(300) }, {}, 7];
    });
    expect(event).toMatchInlineSnapshot(`
      {
        "kind": "pull.changed",
        "pull": {
          "author": {
            "login": "Codertocat",
            "type": "User",
          },
          "base": {
            "branch": "master",
            "sha": "f95f852bd8fca8fcc58a9a2d6c842781e32a215e",
          },
          "draft": false,
          "head": {
            "branch": "changes",
            "repository": null,
            "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
          },
          "labels": [
            "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
            "z",
          ],
          "mergeCommit": "c4295bd74fb0f4fda03689c3df3f2803b658fd85",
          "merged": true,
          "mergedBy": {
            "login": "grace",
            "type": "User",
          },
          "number": 2,
          "organization": "codertocat",
          "repository": "hello-world",
          "state": "closed",
          "title": "ZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoëZoë",
          "updatedAt": 1557933678000,
        },
      }
    `);
  });

  it.each<[field: string, change: (body: Example) => unknown]>([
    ["pull_request must be an object", (body) => delete body.pull_request],
    ["pull_request.number must be a positive whole number", (body) => (body.pull_request.number = "2")],
    ["pull_request.state must be open or closed", (body) => (body.pull_request.state = "merged")],
    ["pull_request.updated_at must be an instant", (body) => (body.pull_request.updated_at = null)],
    ["pull_request.head must be an object", (body) => (body.pull_request.head = null)],
    ["pull_request.head.sha must be a commit", (body) => (body.pull_request.head.sha = "main")],
    ["pull_request.base.ref must be a text", (body) => (body.pull_request.base.ref = 1)],
    ["pull_request.base.repo.full_name must be owner/name", (body) => (body.pull_request.base.repo.full_name = "../x")],
  ])("is refused when %s", async (problem, change) => {
    expect(await became("pull_request.opened", change)).toBe(`400 Cannot read the webhook: ${problem}.`);
  });
});

describe("a review", () => {
  it("is of a reviewer, a state and a time", async () => {
    expect(await became("pull_request_review.submitted", ({ review }) => (review.state = "APPROVED"))).toEqual({
      kind: "review.changed",
      pull: { organization: "codertocat", repository: "hello-world", number: 2 },
      review: {
        id: 237895671,
        reviewer: { login: "Codertocat", type: "User" },
        state: "approved",
        submittedAt: Date.UTC(2019, 4, 15, 15, 20, 38),
        commit: "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
      },
    });
  });

  it.each<[what: string, change: (body: Example) => unknown]>([
    ["nothing that changes a review", (body) => (body.action = "assigned")],
    ["a review of an unknown state", ({ review }) => (review.state = "praised")],
    ["a review of nobody who is still there", ({ review }) => (review.user = null)],
    ["a review that is not submitted", ({ review }) => (review.submitted_at = null)],
  ])("is ignored when it is %s", async (reason, change) => {
    expect(await became("pull_request_review.submitted", change)).toBe(`200 ignored: ${reason}`);
  });
});

describe("a comment", () => {
  const onPull = (change: (body: Example) => unknown) => (example: Example) => {
    example.issue.pull_request = { url: "https://api.github.com/repos/Codertocat/Hello-World/pulls/1" };
    example.comment.body = "Thanks!\r\n/signalbox rerun";
    change(example);
  };

  it("with a command is kept as it was made", async () => {
    const event = await became(
      "issue_comment.created",
      onPull(({ comment }) => (comment.body = "  \t/signalbox no\r\n/signalbox rerun\u0000\ud800")),
    );
    expect(event).toEqual({
      kind: "comment.created",
      comment: {
        pull: { organization: "codertocat", repository: "hello-world", number: 1 },
        id: 492700400,
        author: { login: "Codertocat", type: "User" },
        body: "  \t/signalbox no\r\n/signalbox rerun\ufffd\ufffd",
        createdAt: Date.UTC(2019, 4, 15, 15, 20, 21),
      },
    });
  });

  it.each<[what: string, change: (body: Example) => unknown]>([
    ["a comment that was edited or deleted, not made", (body) => (body.action = "edited")],
    ["a comment on an issue, not on a pull request", ({ issue }) => delete issue.pull_request],
    ["a comment without a command", ({ comment }) => (comment.body = "> /signalbox rerun")],
    ["a comment of our own", ({ comment }) => (comment.body += "\n<!-- signalbox:answer 1 -->")],
    ["a comment that is longer than GitHub allows", ({ comment }) => (comment.body += "x".repeat(65_536))],
    ["a comment of nobody who is still there", ({ comment }) => (comment.user = null)],
    ["a comment of a bot", ({ comment }) => (comment.user = { login: "renovate[bot]", type: "User" })],
    ["a comment of a bot", ({ comment }) => (comment.user.type = "Bot")],
  ])("is ignored when it is %s", async (reason, change) => {
    expect(await became("issue_comment.created", onPull(change))).toBe(`200 ignored: ${reason}`);
  });
});

describe("a wish at a check run", () => {
  const ours = (change: (body: Example) => unknown) => (example: Example) => {
    Object.assign(example.check_run, { external_id: "acme-inc/payments-api/42", app: { id: githubAppId } });
    change(example);
  };

  it.each([
    ["check_run.rerequested", "rerun", () => {}],
    ["check_run.requested_action", "rerun", (body: Example) => (body.requested_action = { identifier: "rerun" })],
    ["check_run.requested_action", "mute", (body: Example) => (body.requested_action = { identifier: "mute" })],
  ])("%s is to %s", async (name, what, change) => {
    expect(await became(name, ours(change))).toMatchObject({
      kind: "check.requested",
      request: {
        what,
        externalId: "acme-inc/payments-api/42",
        delivery: "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        by: { type: "User" },
      },
    });
  });

  it("or at a whole suite is to run all of it again", async () => {
    const event = await became("check_suite.rerequested", (body) => (body.check_suite.app.id = githubAppId));
    expect(event).toMatchObject({
      kind: "check.requested",
      request: { what: "rerunSuite", externalId: null, commit: "ec26c3e57ca3a959ca5aad62de7213c562f8c821" },
    });
  });

  it.each<[what: string, change: (body: Example) => unknown]>([
    ["a check run of another app", (body) => (body.check_run.app.id = githubAppId + 1)],
    [
      "a check run that names no build",
      (body) => (Object.assign(body, { action: "rerequested" }).check_run.external_id = ""),
    ],
    ["a button that no check run of ours has", (body) => (body.requested_action = { identifier: "land" })],
    ["nothing that is asked of a check run", (body) => (body.action = "created")],
  ])("is ignored when it is at %s", async (reason, change) => {
    expect(await became("check_run.requested_action", ours(change))).toBe(`200 ignored: ${reason}`);
  });
});

describe("a push", () => {
  const toBranch = (change: (body: Example) => unknown) => (example: Example) => {
    Object.assign(example, { ref: "refs/heads/master", deleted: false, after: "a".repeat(40) });
    change(example);
  };

  it.each([
    ["master", true],
    ["feature/1", false],
  ])("to %s is of commits on the default branch: %s", async (branch, isDefaultBranch) => {
    const event = await became(
      "push",
      toBranch((body) => (body.ref = `refs/heads/${branch}`)),
    );
    expect(event).toMatchObject({ push: { branch, isDefaultBranch, head: "a".repeat(40) } });
  });

  it.each<[what: string, change: (body: Example) => unknown]>([
    ["a tag, not a branch", (body) => (body.ref = "refs/tags/master")],
    ["a branch that was deleted", (body) => (body.deleted = true)],
  ])("is ignored when it is of %s", async (reason, change) => {
    expect(await became("push", toBranch(change))).toBe(`200 ignored: ${reason}`);
  });
});

describe("an installation", () => {
  it.each<[name: string, change: (body: Example) => unknown, organization: string, former: string | null]>([
    ["installation.created", () => {}, "codertocat", null],
    ["installation_repositories.added", () => {}, "codertocat", null],
    ["repository.renamed", () => {}, "octocoders", null],
    ["repository.transferred", () => {}, "octocoders", "octocat"],
    ["organization.renamed", (body) => (body.organization.login = "New-Name"), "new-name", "octocoders"],
  ])("%s concerns its owner", async (name, change, organization, former) => {
    expect(await became(name, change)).toEqual({ kind: "installation.changed", organization, former });
  });

  it("of an enterprise is ignored", async () => {
    const event = await became("installation.created", (body) => {
      body.installation.account = { slug: "acme", name: "Acme" };
    });
    expect(event).toBe("200 ignored: an installation without repositories");
  });
});
