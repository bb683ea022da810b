/** All examples of Octokit's, signed, through the front door into a real Redis. */
import type { Redis } from "ioredis";
import { beforeAll, describe, expect, it } from "vitest";
import { Organization } from "../../src/domain/ids.ts";
import { RepositoryName } from "../../src/domain/pull.ts";
import { type Recorders, record } from "../../src/handlers/index.ts";
import { createStores } from "../../src/state/index.ts";
import { FakeClock } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { everythingIn } from "../harness/redis-dump.ts";
import { type Example, exampleSets, readExamples } from "./github-examples.ts";
import { githubHeaders, githubSecret, githubWebhookPath, startTestIngress } from "./harness.ts";

const redis = useRedis();
const repository = {
  organization: Organization.parse("codertocat"),
  repository: RepositoryName.parse("hello-world"),
};
let connection: Redis;
let receivers = 0;

beforeAll(async () => {
  connection = await redis.open();
});

async function startReceiver() {
  receivers += 1;
  const keyPrefix = `examples${receivers}`;
  const stores = createStores(connection, keyPrefix);
  const recorders: Recorders = {
    ...stores,
    clock: new FakeClock(),
    triggers: { fire: async () => {}, refire: async () => 0, wakeAt: async () => {} },
  };
  const githubEvents: string[] = [];
  const ingress = await startTestIngress({
    githubSecrets: [githubSecret],
    async recordGithub(event) {
      await record(event, recorders);
      githubEvents.push(event.kind);
    },
  });
  return {
    keyPrefix,
    stores,
    logLines: ingress.logLines,
    /** @returns What it became: the kind of the event, or the answer when there is none. */
    async deliver({ event, body }: Example): Promise<string> {
      const raw = JSON.stringify(body);
      const headers = githubHeaders(event, raw);
      const answer = await ingress.send(githubWebhookPath, { method: "POST", body: raw, headers });
      return githubEvents.pop() ?? `${answer.status} ${answer.body.trim()}`;
    },
    [Symbol.asyncDispose]: () => ingress[Symbol.asyncDispose](),
  };
}

describe("the examples of webhooks", () => {
  it.each(exampleSets)("of %s are all taken, and none is a surprise", async (set) => {
    await using receiver = await startReceiver();
    const refused: string[] = [];
    for (const example of readExamples(set)) {
      const became = await receiver.deliver(example);
      if (!/^[a-z]+\.[a-z]+$|^200 ignored: /.test(became)) refused.push(`${example.name}: ${became}`);
    }
    expect(refused).toEqual([]);
    expect(receiver.logLines.filter((line) => JSON.parse(line).level >= 40)).toEqual([]);
  });

  it("become our events, or are ignored for a reason", async () => {
    await using receiver = await startReceiver();
    const outcomes: Record<string, Set<string>> = {};
    for (const example of readExamples()) {
      const became = await receiver.deliver(example);
      if (became.startsWith("200 ignored: unknown event")) continue;
      const seen = outcomes[example.name] ?? new Set();
      outcomes[example.name] = seen.add(became.replace("200 ", ""));
    }
    const table = Object.fromEntries(Object.entries(outcomes).map(([name, all]) => [name, [...all].join("; ")]));
    expect(table).toMatchInlineSnapshot(`
      {
        "check_run.completed": "ignored: nothing that is asked of a check run",
        "check_run.created": "ignored: nothing that is asked of a check run",
        "check_run.requested_action": "ignored: a check run of another app",
        "check_run.rerequested": "ignored: a check run of another app",
        "check_suite.completed": "ignored: nothing that is asked of a check suite",
        "check_suite.requested": "ignored: nothing that is asked of a check suite",
        "check_suite.rerequested": "check.requested",
        "installation.created": "installation.changed",
        "installation.deleted": "installation.changed",
        "installation.new_permissions_accepted": "installation.changed",
        "installation.suspend": "installation.changed",
        "installation.unsuspend": "installation.changed",
        "installation_repositories.added": "installation.changed",
        "installation_repositories.removed": "installation.changed",
        "issue_comment.created": "ignored: a comment on an issue, not on a pull request",
        "issue_comment.deleted": "ignored: a comment that was edited or deleted, not made",
        "issue_comment.edited": "ignored: a comment that was edited or deleted, not made",
        "organization.member_added": "ignored: nothing that changes a name",
        "organization.member_invited": "ignored: nothing that changes a name",
        "organization.renamed": "installation.changed",
        "ping": "ignored: ping",
        "pull_request.assigned": "pull.changed",
        "pull_request.closed": "pull.changed",
        "pull_request.converted_to_draft": "pull.changed",
        "pull_request.labeled": "pull.changed",
        "pull_request.locked": "pull.changed",
        "pull_request.opened": "pull.changed",
        "pull_request.ready_for_review": "pull.changed",
        "pull_request.reopened": "pull.changed",
        "pull_request.review_request_removed": "pull.changed",
        "pull_request.review_requested": "pull.changed",
        "pull_request.synchronize": "pull.changed",
        "pull_request.unassigned": "pull.changed",
        "pull_request.unlabeled": "pull.changed",
        "pull_request.unlocked": "pull.changed",
        "pull_request_review.dismissed": "review.changed",
        "pull_request_review.submitted": "review.changed",
        "push": "ignored: a tag, not a branch; commits.pushed",
        "repository.created": "ignored: nothing that changes a name",
        "repository.edited": "ignored: nothing that changes a name",
        "repository.privatized": "ignored: nothing that changes a name",
        "repository.publicized": "ignored: nothing that changes a name",
        "repository.renamed": "installation.changed",
        "repository.transferred": "installation.changed",
      }
    `);
  });

  it("add up to what is known of their pull request", async () => {
    await using receiver = await startReceiver();
    for (const example of readExamples()) await receiver.deliver(example);
    expect(await receiver.stores.pulls.read({ ...repository, number: 2 })).toMatchInlineSnapshot(`
      {
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
          "repository": "codertocat/hello-world",
          "sha": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
        },
        "labels": [
          "bug",
        ],
        "mergeCommit": null,
        "merged": false,
        "mergedBy": null,
        "number": 2,
        "organization": "codertocat",
        "repository": "hello-world",
        "reviews": [
          {
            "commit": "ec26c3e57ca3a959ca5aad62de7213c562f8c821",
            "id": 237895671,
            "reviewer": {
              "login": "Codertocat",
              "type": "User",
            },
            "state": "dismissed",
            "submittedAt": 1557933638000,
          },
        ],
        "state": "closed",
        "title": "Update the README with new information.",
        "updatedAt": 1557933678000,
      }
    `);
  });

  it("change nothing when they come again", async () => {
    await using receiver = await startReceiver();
    const facts = readExamples().filter(({ event }) => ["pull_request", "pull_request_review"].includes(event));
    for (const example of facts) await receiver.deliver(example);
    const before = await everythingIn(redis, receiver.keyPrefix);
    for (const example of facts.toReversed()) await receiver.deliver(example);
    expect(await everythingIn(redis, receiver.keyPrefix)).toBe(before);
  });
});
