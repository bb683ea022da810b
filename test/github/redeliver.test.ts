/** GitHub tries to deliver a webhook once. What nobody took is asked for again, at the start and hourly. */
import { describe, expect, it } from "vitest";
import { createStores } from "../../src/state/index.ts";
import { hour, minute } from "../harness/clock.ts";
import { askedGithub, type GithubBot, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { ref } from "./stage.ts";

const redis = useRedis();

const asked = ({ github }: GithubBot): number => github.calls("apps.redeliverWebhookDelivery");
const arrived = ({ github }: GithubBot, guid = ""): boolean =>
  github.attempts.some((attempt) => attempt.guid === guid && attempt.statusCode === 200);

/** Something happens at GitHub, and nobody takes the webhook. @returns its GUID. */
function lose(bot: GithubBot): string {
  bot.repository.pull({ title: "Round up" });
  const [first] = bot.github.take().filter(({ event }) => event === "pull_request");
  return first?.guid ?? "";
}

/** A run in which GitHub does as it is asked, and fails again. */
async function failAgain(bot: GithubBot): Promise<void> {
  bot.clock.advance(hour);
  await bot.app.engine.drain();
  bot.github.take();
}

describe("a webhook that nobody took", () => {
  it("while nobody listened comes at the start, and its facts with it", async () => {
    await using bot = await startGithubBot({ redis, app: { keyPrefix: "redeliver" } });
    await bot.settle();
    const guid = lose(bot);
    const { pulls } = createStores(await redis.open(), "redeliver");
    const pull = { ...ref("acme/payments-api"), number: 1 };
    expect(await pulls.read(pull)).toBeNull();
    await bot.restart();
    await bot.settle();
    expect(arrived(bot, guid)).toBe(true);
    expect((await pulls.read(pull))?.title).toBe("Round up");
  });

  it("comes within the hour, once", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.settle();
    const guid = lose(bot);
    await bot.settle();
    expect(arrived(bot, guid)).toBe(false);
    bot.clock.advance(hour);
    await bot.settle();
    expect(arrived(bot, guid)).toBe(true);
    const times = asked(bot);
    for (let i = 0; i < 3; i += 1) {
      bot.clock.advance(hour);
      await bot.settle();
    }
    expect(asked(bot)).toBe(times);
  });

  it("is asked for once, however often somebody looks before it comes", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.settle();
    lose(bot);
    const lost = bot.github.attempts.filter(({ statusCode }) => statusCode === 502).length;
    for (let i = 0; i < 3; i += 1) {
      await bot.restart();
      await bot.app.engine.drain();
    }
    expect(asked(bot)).toBe(lost);
    await bot.settle();
  });

  it("is asked for again when it is not known whether GitHub heard it", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.settle();
    const guid = lose(bot);
    bot.github.faults.next("apps.redeliverWebhookDelivery", { kind: "drop" });
    bot.clock.advance(hour);
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    bot.clock.advance(minute);
    await bot.settle();
    expect(arrived(bot, guid)).toBe(true);
  });

  it("and fails again is asked for four times, less and less often, and then given up", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.settle();
    lose(bot);
    const lost = bot.github.attempts.filter(({ statusCode }) => statusCode === 502).length;
    const hours: number[] = [];
    for (let i = 1; i <= 40; i += 1) {
      const before = asked(bot);
      await failAgain(bot);
      if (asked(bot) > before) hours.push(i);
    }
    expect(hours).toEqual([1, 2, 8, 32]);
    expect(asked(bot)).toBe(4 * lost);
    const given = bot.log.take();
    expect(given).toEqual(Array.from({ length: lost }, () => "A webhook of GitHub never got through"));
  });

  it("and fails again and again while we start over and over still comes", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.settle();
    const guid = lose(bot);
    for (let i = 0; i < 6; i += 1) {
      await bot.restart();
      bot.clock.advance(minute);
      await bot.app.engine.drain();
      bot.github.take();
    }
    // Meanwhile much arrives, and the look goes on from there.
    for (let i = 0; i < 3; i += 1) {
      bot.repository.push({ message: `Change ${i}` });
      bot.clock.advance(hour / 2);
      await bot.settle();
    }
    bot.clock.advance(hour);
    await bot.settle();
    expect(arrived(bot, guid)).toBe(true);
  });

  it("is one of very many: they come bit by bit", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.settle();
    for (let i = 0; i < 40; i += 1) bot.repository.push({ message: `Change ${i}` });
    const lost = bot.github.take().length;
    expect(lost).toBeGreaterThan(60);
    bot.clock.advance(hour);
    await bot.app.engine.drain();
    expect(asked(bot)).toBeLessThan(lost);
    for (let i = 0; i < 2; i += 1) {
      bot.clock.advance(minute);
      await bot.app.engine.drain();
    }
    expect(asked(bot)).toBe(lost);
    await bot.settle();
    expect(
      new Set(bot.github.attempts.filter(({ statusCode }) => statusCode === 200).map(({ guid }) => guid)).size,
    ).toBeGreaterThanOrEqual(lost);
  });

  it("more than three days ago is left alone", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.app.engine.drain();
    lose(bot);
    bot.clock.advance(73 * hour);
    await bot.restart();
    await bot.settle();
    expect(asked(bot)).toBe(0);
  });
});

describe("the look for them", () => {
  it("costs one call an hour while all is well", async () => {
    await using bot = await startGithubBot({ redis });
    await bot.settle();
    askedGithub(bot);
    for (let i = 0; i < 3; i += 1) {
      bot.clock.advance(hour);
      await bot.settle();
    }
    expect(askedGithub(bot)).toEqual(Array.from({ length: 3 }, () => "apps.listWebhookDeliveries 200"));
  });

  it("goes on when GitHub no longer knows where it was", async () => {
    await using bot = await startGithubBot({ redis, app: { keyPrefix: "walk" } });
    const { deliveries } = createStores(await redis.open(), "walk");
    await deliveries.setWalk({ watermark: 0, unfinished: { cursor: "v1_gone", watermark: bot.clock.now() } });
    bot.github.faults.next("apps.listWebhookDeliveries", { kind: "error", error: "Invalid cursor" });
    await bot.settle();
    expect(bot.log.take()).toEqual(["job failed"]);
    bot.clock.advance(minute);
    await bot.settle();
    expect((await deliveries.walk())?.unfinished).toBeNull();
  });
});

describe("at the start", () => {
  it("every installation is known from one list, and only those of some repositories are looked at", async () => {
    await using bot = await startGithubBot({
      redis,
      app: { keyPrefix: "every" },
      before(github) {
        for (const owner of ["other", "some", "asleep"]) github.repository(`${owner}/lib`);
        github.install("other");
        github.install("some", { repositories: ["some/lib"] });
        github.install("asleep", { repositories: ["asleep/lib"] }).suspend();
      },
    });
    const { githubInstallations } = createStores(await redis.open(), "every");
    const known = (owner: string) => githubInstallations.read(ref(`${owner}/lib`).organization);
    expect(await known("acme")).toMatchObject({ repositories: null, suspended: false });
    expect(await known("other")).toMatchObject({ repositories: null, suspended: false });
    expect(await known("asleep")).toMatchObject({ suspended: true });
    await bot.app.engine.drain();
    expect(await known("some")).toMatchObject({ repositories: ["lib"], suspended: false });
    const asked = bot.github.requests.map(({ path }) => path).filter((path) => path.startsWith("/users/"));
    expect(asked).toEqual(["/users/some/installation"]);
    await bot.settle();
  });

  it("GitHub may be away", async () => {
    await using bot = await startGithubBot({
      redis,
      before: ({ faults }) => faults.next("apps.listInstallations", { kind: "status", status: 503 }),
    });
    expect(bot.log.take()).toEqual([
      "Cannot ask GitHub where the app is installed: it is asked again when that is needed",
    ]);
    await bot.settle();
  });

  it("the key and the secret stay out of the log", async () => {
    await using bot = await startGithubBot({ redis });
    lose(bot);
    bot.clock.advance(hour);
    await bot.settle();
    expect(bot.log.text).not.toMatch(/ghs_|eyJ|PRIVATE KEY|github-webhook-secret/);
  });
});
