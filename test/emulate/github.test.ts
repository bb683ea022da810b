/**
 * Against a GitHub that nobody here wrote: a red build of a pull request ends in one check run and one comment. It has no
 * deliveries to ask for, and says of no comment which app wrote it.
 */
import { createEmulator } from "emulate";
import { expect, it } from "vitest";
import { z } from "zod";
import type { BuildOptions } from "../../sandbox/buildkite/build-record.ts";
import { startBot } from "../harness/bot.ts";
import { FakeClock } from "../harness/clock.ts";
import { appId, makePrivateKey, settingsFor } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { green, later, red } from "../harness/stories.ts";

const redis = useRedis();
const repository = "ada/payments-api";
const token = "ghp_ada";
/** The emulator takes no shorter one. */
const privateKey = makePrivateKey(2048);
const permissions = { checks: "write", contents: "read", issues: "read", metadata: "read", pull_requests: "write" };

const Commit = z.object({ sha: z.string(), tree: z.object({ sha: z.string() }) });
const Pull = z.object({ number: z.number(), head: z.object({ sha: z.string() }) });
const Checks = z.object({
  check_runs: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      external_id: z.string(),
      output: z.object({ title: z.string() }),
    }),
  ),
});
const Comments = z.array(z.object({ body: z.string() }));

async function startEmulatedGithub() {
  const emulator = await createEmulator({
    service: "github",
    port: 0,
    seed: {
      tokens: { [token]: { login: "ada", scopes: ["repo"] } },
      github: {
        users: [{ login: "ada", name: "Ada Lovelace", email: "ada@example.com" }],
        repos: [{ owner: "ada", name: "payments-api" }],
        apps: [
          {
            app_id: appId,
            slug: "signalbox",
            name: "Signalbox",
            private_key: privateKey,
            permissions,
            events: [],
            installations: [{ installation_id: 77, account: "ada", repository_selection: "all" }],
          },
        ],
      },
    },
  });

  /** As Ada. */
  async function ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`${emulator.url}/repos/${repository}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`Cannot ask ${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }

  return {
    url: emulator.url,
    async openPull(): Promise<z.infer<typeof Pull>> {
      const main = Commit.parse(await ask("GET", `/git/commits/${await tip()}`));
      const round = { message: "Round", tree: main.tree.sha, parents: [main.sha] };
      const { sha } = Commit.parse(await ask("POST", "/git/commits", round));
      await ask("POST", "/git/refs", { ref: "refs/heads/round", sha });
      return Pull.parse(await ask("POST", "/pulls", { title: "Round", head: "round", base: "main" }));
    },
    async checks(sha: string): Promise<string[]> {
      const { check_runs } = Checks.parse(await ask("GET", `/commits/${sha}/check-runs?filter=all`));
      return check_runs.map(
        (run) => `${run.name} ${run.conclusion ?? run.status}: ${run.output.title} (${run.external_id})`,
      );
    },
    async comments(number: number): Promise<string[]> {
      const comments = Comments.parse(await ask("GET", `/issues/${number}/comments`));
      return comments.map(({ body }) => body.split("\n")[2] ?? "");
    },
    [Symbol.asyncDispose]: () => emulator.close(),
  };

  async function tip(): Promise<string> {
    return z.object({ object: z.object({ sha: z.string() }) }).parse(await ask("GET", "/git/ref/heads/main")).object
      .sha;
  }
}

it("a red build of a pull request ends in one check run and one comment", async () => {
  await using github = await startEmulatedGithub();
  // The emulator has a clock of its own, and it is the real one.
  const clock = new FakeClock(Date.now());
  await using bot = await startBot({
    redis,
    clock,
    env: { ...settingsFor(github), PRIVATE_KEY: privateKey },
    repository: `git@github.com:${repository}.git`,
  });
  const { number, head } = await github.openPull();
  const change: BuildOptions = { branch: "round", commit: head.sha, pullRequest: { number, base: "main" } };

  const first = red(bot, ["Specs"], change);
  await bot.settle();
  expect(await github.checks(head.sha)).toEqual([
    "Signalbox: payments-api failure: 1 of 1 job failed (acme-inc/payments-api/1)",
  ]);
  const name = head.sha.slice(0, 7);
  expect(await github.comments(number)).toEqual([`:x: **The build of ${name} failed**`]);

  await bot.restart();
  first.rebuild();
  await bot.settle();
  expect(await github.checks(head.sha)).toEqual([
    "Signalbox: payments-api queued: Scheduled (acme-inc/payments-api/2)",
  ]);
  expect(await github.comments(number)).toEqual([`:hourglass_flowing_sand: Builds of ${name} are running`]);

  green(bot, change);
  await bot.settle();
  await later(bot, 60_000);
  expect(await github.checks(head.sha)).toEqual(["Signalbox: payments-api success: Passed (acme-inc/payments-api/3)"]);
  expect(await github.comments(number)).toEqual([`:white_check_mark: All builds of ${name} passed`]);
  bot.read();
  const failed = bot.log.lines.filter(({ level }) => level === "warn").map(({ job }) => job);
  expect(new Set(failed)).toEqual(new Set(["redeliver"]));
  bot.log.take();
});
