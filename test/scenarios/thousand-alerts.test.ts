/** A thousand branches are red, some of them muted, and the process is replaced again and again. */
import { expect, it } from "vitest";
import { alertId } from "../../src/domain/alert.ts";
import { Channel, MuteId, Pipeline, SlackUser } from "../../src/domain/ids.ts";
import type { Mute } from "../../src/domain/mute.ts";
import { alertSlot } from "../../src/jobs/alert-slot.ts";
import { markOf } from "../../src/jobs/subjects.ts";
import type { Shown } from "../../src/slack/deliver.ts";
import { createStores } from "../../src/state/index.ts";
import { connect, ready } from "../../src/state/redis.ts";
import { watchBranch } from "../domain/watched-branch.ts";
import { type Bot, channelId, startBot } from "../harness/bot.ts";
import { hour, minute } from "../harness/clock.ts";
import { effort } from "../harness/effort.ts";
import { organization } from "../harness/facts.ts";
import { useRedis } from "../harness/redis.ts";
import { later } from "../harness/stories.ts";

const redis = useRedis();
const alertCount = effort(1000, 60);
const muteCount = alertCount / 10;
const keyPrefix = "thousand";
const yml = "reminders: { unacknowledged: [30m] }";
const by = { user: SlackUser.parse("U0ADA"), name: "ada" };

/** What a thousand broken branches leave in Redis: each due to be reminded of in 30 minutes, or hidden for 20. */
async function breakEverything(bot: Bot): Promise<void> {
  const client = connect(redis.url, "request");
  await ready(client, 5000);
  const { alerts, mutes, marks, slots } = createStores(client, keyPrefix);
  await marks.introduce(organization);
  const now = bot.clock.now();
  const state = watchBranch().hasSeen({ number: 1, color: "red", redAt: now, at: now }).open();

  async function breakOne(i: number): Promise<void> {
    const ref = { organization, pipeline: Pipeline.parse(`app-${i}`), branch: "main" };
    const id = alertId(ref, 1);
    const opened = { ...state, ...ref, id, channel: Channel.parse(channelId), pipelineName: `App ${i}` };
    await alerts.write(ref, { current: null, version: 0 }, opened, "opens", [], [], now);
    if (i < muteCount) return muteOne(i, { kind: "branch", pipeline: ref.pipeline, branch: ref.branch });
    // It was told. That it cannot be edited any more spares the test a thousand edits that are about something else.
    const ts = bot.slack.say(channelId, { user: by.user, text: `App ${i} failed` });
    const shown: Shown = { channel: channelId, ts, hash: null, repostedAt: null, frozen: true, misplaced: null };
    await slots.done({ organization, name: alertSlot({ id }) }, 0, shown);
    await marks.postpone(markOf("remind", { organization, alert: id }), now + 30 * minute, "timer");
  }

  async function muteOne(i: number, scope: Mute["scope"]): Promise<void> {
    const id = MuteId.parse(i.toString(16).padStart(10, "0"));
    const until = now + 20 * minute;
    await mutes.replace(
      null,
      { id, organization, scope, by, at: now, until, reason: null, alert: null, ended: null },
      [],
      now,
    );
    await marks.postpone(markOf("applyMute", { organization, mute: id }), until, "timer");
  }

  await Promise.all(Array.from({ length: alertCount }, (_, i) => breakOne(i)));
  client.disconnect();
}

/** How many alerts have a message, and how many threads have been told each of the two things how often. */
function told(bot: Bot): Record<string, number> {
  const counts: Record<string, number> = { messages: bot.messages() };
  const kinds = { reminded: "nobody is on it", unmuted: "has ended" };
  for (const { replies } of bot.slack.channel(channelId).messages) {
    for (const [kind, words] of Object.entries(kinds)) {
      const times = replies.filter(({ text }) => text.includes(words)).length;
      if (times > 0) counts[`${kind} ${times}×`] = (counts[`${kind} ${times}×`] ?? 0) + 1;
    }
  }
  return counts;
}

it("no reminder and no end of a mute is lost, and none is told twice", { timeout: 120_000 }, async () => {
  // Without locks a job asks Redis less often, and must be as correct.
  await using bot = await startBot({ redis, yml, app: { keyPrefix, locks: false } });
  await breakEverything(bot);
  await bot.restart();
  const messages = alertCount - muteCount;
  await later(bot, 20 * minute - 1);
  expect(told(bot)).toEqual({ messages });
  await later(bot, 1);
  expect(told(bot)).toEqual({ messages: alertCount, "unmuted 1×": muteCount });
  await bot.restart();
  await later(bot, 10 * minute);
  expect(told(bot)).toEqual({ messages: alertCount, "unmuted 1×": muteCount, "reminded 1×": messages });
  await bot.restart();
  // Of what was muted, nobody was to be on before the mute ended.
  await later(bot, 20 * minute);
  const all = { messages: alertCount, "unmuted 1×": muteCount, "reminded 1×": alertCount };
  expect(told(bot)).toEqual(all);
  await bot.restart();
  await later(bot, 24 * hour);
  expect(told(bot)).toEqual(all);
  expect(await bot.app.marks.waiting(organization)).toEqual([]);
  expect(bot.read()).toContain(`App ${alertCount - 1} failed`);
});
