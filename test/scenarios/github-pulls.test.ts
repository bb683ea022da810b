/** What is known of pull requests, from GitHub's webhooks and, where they do not tell, from its API. */
import { describe, expect, it } from "vitest";
import { pullJson } from "../../sandbox/github/json-pull.ts";
import { Organization } from "../../src/domain/ids.ts";
import { type PullFacts, RepositoryName } from "../../src/domain/pull.ts";
import { createStores, type Stores } from "../../src/state/index.ts";
import { FakeClock, minute, second } from "../harness/clock.ts";
import { askedGithub, type GithubBot, type GithubBotOptions, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const repository = { organization: Organization.parse("acme"), repository: RepositoryName.parse("payments-api") };
let bots = 0;

async function start(options: Partial<GithubBotOptions> = {}): Promise<{ bot: GithubBot; pulls: Stores["pulls"] }> {
  bots += 1;
  const keyPrefix = `github-pulls${bots}`;
  const { pulls } = createStores(await redis.open(), keyPrefix);
  return { bot: await startGithubBot({ redis, ...options, app: { keyPrefix, ...options.app } }), pulls };
}

async function factsOf(pulls: Stores["pulls"], number: number): Promise<PullFacts | null> {
  return pulls.read({ ...repository, number });
}

function asked(bot: GithubBot): string[] {
  return askedGithub(bot).filter((call) => call.startsWith("pulls.get "));
}

describe("a pull request", () => {
  it("is known as it is, from beginning to end, without asking", async () => {
    const clock = new FakeClock();
    const { bot: started, pulls } = await start({ clock });
    await using bot = started;
    const pull = bot.repository.pull({ title: "Retry payments", draft: true });
    await bot.settle();
    const steps = [
      () => bot.github.as("ada").label(pull, "payments"),
      () => bot.github.as("ada").markReady(pull),
      () => bot.github.as("grace").review(pull, "approved"),
      () => bot.github.as("bob").review(pull, "commented"),
      () => bot.github.as("grace").merge(pull),
    ];
    for (const step of steps) {
      clock.advance(2 * second);
      step();
      await bot.settle();
    }
    expect(await factsOf(pulls, pull.number)).toMatchObject({
      title: "Retry payments",
      state: "closed",
      merged: true,
      draft: false,
      author: { login: "ada", type: "User" },
      mergedBy: { login: "grace" },
      labels: ["payments"],
      head: { sha: pull.headSha },
      reviews: [
        { reviewer: { login: "grace" }, state: "approved" },
        { reviewer: { login: "bob" }, state: "commented" },
      ],
    });
    expect(asked(bot)).toEqual([]);
  });

  it("is asked for when its webhooks of one second leave a doubt", async () => {
    const { bot: started, pulls } = await start();
    await using bot = started;
    const pull = bot.repository.pull();
    bot.github.as("ada").close(pull);
    bot.github.as("ada").reopen(pull);
    await bot.settle();
    expect(await factsOf(pulls, pull.number)).toMatchObject({ state: "open" });
    expect(asked(bot)).toEqual(["pulls.get 200"]);
  });

  it("is the same in the end when its webhooks come backwards and twice", async () => {
    const clock = new FakeClock();
    const { bot: started, pulls } = await start({ clock });
    await using bot = started;
    const pull = bot.repository.pull({ draft: true });
    clock.advance(second);
    bot.github.as("ada").markReady(pull);
    clock.advance(second);
    const review = bot.github.as("grace").review(pull, "approved");
    clock.advance(second);
    bot.github.as("grace").dismiss(pull, review);
    clock.advance(second);
    bot.github.as("grace").merge(pull);
    const deliveries = bot.github.take().reverse();
    for (const delivery of [...deliveries, ...deliveries]) {
      expect((await bot.github.send(delivery)).status).toBe(200);
    }
    await bot.settle();
    expect(await factsOf(pulls, pull.number)).toMatchObject({
      state: "closed",
      merged: true,
      draft: false,
      reviews: [{ state: "dismissed" }],
    });
    expect(asked(bot).length).toBeLessThanOrEqual(1);
  });

  it("that nobody told of is fetched once when somebody names it", async () => {
    const clock = new FakeClock();
    const { bot: started, pulls } = await start({
      clock,
      before: (_, acme) => void acme.pull({ number: 7, title: "From before" }),
    });
    await using bot = started;
    const pull = bot.repository.findPull(7);
    if (pull === undefined) throw new Error("Cannot go on: there is no pull request");
    for (const login of ["grace", "bob"]) {
      bot.github.as(login).review(pull, "approved");
      await bot.settle();
    }
    expect(await factsOf(pulls, 7)).toMatchObject({
      title: "From before",
      reviews: [{ reviewer: { login: "grace" } }, { reviewer: { login: "bob" } }],
    });
    expect(asked(bot)).toEqual(["pulls.get 200"]);
  });

  it("that GitHub does not know is not asked for again", async () => {
    const { bot: started, pulls } = await start();
    await using bot = started;
    const unknown = { ...repository, number: 404 };
    for (let i = 0; i < 3; i += 1) {
      // Marked from beside the bot, so that only its sweep can find it.
      const marks = await pulls.want(unknown, bot.clock.now());
      if (marks.length > 0) {
        await bot.app.engine.sweep(0);
        expect(bot.log.take()).toEqual(["sweep fired marks that nobody took"]);
      }
      await bot.settle();
      bot.clock.advance(minute);
    }
    expect(asked(bot)).toEqual(["pulls.get 404"]);
  });

  it("that went to another owner is looked after there", async () => {
    const { bot: started, pulls } = await start();
    await using bot = started;
    const elsewhere = bot.github.repository("other/lib");
    elsewhere.commit();
    const body = pullJson(elsewhere.pull({ number: 7 }));
    bot.github.faults.next("pulls.get", { kind: "status", status: 200, body });
    await pulls.want({ ...repository, number: 7 }, bot.clock.now());
    await bot.app.engine.sweep(0);
    expect(bot.log.take()).toEqual(["sweep fired marks that nobody took"]);
    await bot.settle();
    const { marks } = createStores(await redis.open(), `github-pulls${bots}`);
    expect(await marks.organizations()).toContain("other");
    const moved = { organization: Organization.parse("other"), repository: RepositoryName.parse("lib"), number: 7 };
    expect(await pulls.read(moved)).not.toBeNull();
  });

  it("that GitHub does not answer for is fetched later", async () => {
    const { bot: started, pulls } = await start({ before: (_, acme) => void acme.pull({ number: 7 }) });
    await using bot = started;
    bot.github.faults.next("pulls.get", { kind: "status", status: 502 });
    const pull = bot.repository.findPull(7);
    if (pull !== undefined) bot.github.as("grace").review(pull, "approved");
    await bot.settle();
    expect(await factsOf(pulls, 7)).toBeNull();
    expect(bot.log.take()).toEqual(["job failed"]);
    bot.clock.advance(minute);
    await bot.settle();
    expect(await factsOf(pulls, 7)).not.toBeNull();
  });
});
