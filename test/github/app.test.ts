/** The installed app in the whole bot: what happens to it at GitHub, by webhooks. */
import { describe, expect, it } from "vitest";
import { createStores } from "../../src/state/index.ts";
import { type GithubBot, startGithubBot } from "../harness/github.ts";
import { useRedis } from "../harness/redis.ts";
import { ref } from "./stage.ts";

const redis = useRedis();
const acme = ref("acme/payments-api").organization;
let bots = 0;

async function start() {
  bots += 1;
  const keyPrefix = `app${bots}`;
  const bot = await startGithubBot({ redis, app: { keyPrefix } });
  const { githubInstallations } = createStores(await redis.open(), keyPrefix);
  await bot.settle();
  return { bot, known: () => githubInstallations.read(acme) };
}

function installed({ repository }: GithubBot) {
  const { installation } = repository;
  if (installation === null) throw new Error("Cannot find the installation: the harness makes one");
  return installation;
}

describe("the installed app", () => {
  it("is known from the start, with what it may do", async () => {
    const { bot, known } = await start();
    await using _ = bot;
    expect(await known()).toMatchObject({
      id: installed(bot).id,
      suspended: false,
      repositories: null,
      permissions: { checks: "write", contents: "read" },
    });
  });

  it("is suspended, and allowed again", async () => {
    const { bot, known } = await start();
    await using _ = bot;
    const installation = installed(bot);
    installation.suspend();
    await bot.settle();
    expect(await known()).toMatchObject({ suspended: true });
    installation.unsuspend();
    await bot.settle();
    expect(await known()).toMatchObject({ suspended: false });
  });

  it("gets and loses repositories", async () => {
    const { bot, known } = await start();
    await using _ = bot;
    const installation = installed(bot);
    bot.github.repository("acme/web");
    bot.github.repository("acme/docs");
    installation.remove("acme/docs");
    await bot.settle();
    expect(await known()).toMatchObject({ repositories: ["payments-api", "web"] });
    installation.add("acme/docs");
    installation.remove("acme/web");
    await bot.settle();
    expect((await known())?.repositories?.toSorted()).toEqual(["docs", "payments-api"]);
  });

  it("is removed, and forgotten", async () => {
    const { bot, known } = await start();
    await using _ = bot;
    installed(bot).uninstall();
    await bot.settle();
    expect(await known()).toBeNull();
  });

  it("is found when its webhook never came, by the next start", async () => {
    const { bot, known } = await start();
    await using _ = bot;
    installed(bot).suspend();
    bot.github.take();
    await bot.restart();
    await bot.settle();
    expect(await known()).toMatchObject({ suspended: true });
  });

  it("of two processes is looked at by both, and is the same", async () => {
    const { bot, known } = await start();
    await using _ = bot;
    const before = await known();
    await bot.restart();
    await bot.settle();
    expect(await known()).toEqual(before);
  });
});
