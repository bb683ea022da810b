/** Fifty people see the same red message, and all of them want to help; two processes take their clicks. */
import { expect, it } from "vitest";
import { createApp } from "../../src/app.ts";
import { Organization } from "../../src/domain/ids.ts";
import { createAudit } from "../../src/state/audit.ts";
import { createKeys } from "../../src/state/keys.ts";
import { connect, ready } from "../../src/state/redis.ts";
import { shown, startFailing } from "../harness/acting.ts";
import { channelId } from "../harness/bot.ts";
import { useRedis } from "../harness/redis.ts";
import { thread } from "../harness/stories.ts";

const redis = useRedis();

it("fifty people acknowledge within a second: one is on it, and each of the others is told who and when", async () => {
  const keyPrefix = "crowd";
  const people = Array.from({ length: 50 }, (_, i) => ({ id: `U0CROWD${i}`, name: `person-${i}` }));
  await using bot = await startFailing({ redis, app: { keyPrefix } }, people);
  const second = await createApp({
    config: bot.config,
    redisUrl: redis.url,
    clock: bot.clock,
    log: bot.log.logger,
    random: () => 0.5,
    keyPrefix,
    workers: null,
  });
  const [signingSecret = ""] = bot.config.slack.signingSecrets;
  const urls = [bot.app.url, second.url];
  const clicks = people.map(({ id }, i) => {
    bot.slack.connect({ url: `${urls[i % 2]}/slack/events`, signingSecret });
    return bot.slack.as(id).click(channelId, "alert.acknowledge");
  });
  expect(new Set((await Promise.all(clicks)).map(({ status }) => status))).toEqual(new Set([200]));
  await second.settled();
  await bot.settle();

  const [line = "", ...others] = thread(bot);
  expect(others).toEqual([]);
  const winner = /^:eyes: \*(person-\d+)\* acknowledged$/.exec(line)?.[1];
  expect(winner).toBeDefined();
  const told = people.filter(({ name }) => name !== winner).map(({ id }) => shown(bot, id));
  const whoAndWhen = expect.stringMatching(new RegExp(`^\\*${winner}\\* acknowledged this less than a minute ago\\.`));
  expect(told).toEqual(Array.from({ length: 49 }, () => [whoAndWhen]));
  expect(people.filter(({ name }) => name === winner).map(({ id }) => shown(bot, id))).toEqual([[]]);

  const client = connect(redis.url, "request");
  await ready(client, 5000);
  const entries = await createAudit(client, createKeys(keyPrefix)).newest(Organization.parse("acme-inc"), null, 100);
  expect(entries.map(({ action, name, from }) => ({ action, name, from }))).toEqual([
    { action: "acknowledge", name: winner, from: "button" },
  ]);
  client.disconnect();
  await second.stop();
});
