/** What Slack tells the bot that nobody clicked. A table: an event that is forgotten here does not compile. */
import { z } from "zod";
import { runCommand } from "./commands/index.ts";
import { answer, type Desk, personOf } from "./desk.ts";
import { publishHome, unseenHome } from "./home.ts";
import type { Interaction } from "./interaction.ts";
import type { BotEvent } from "./manifest.ts";

const Opened = z.object({ event: z.object({ user: z.string(), tab: z.string().optional() }) });
const Mentioned = z.object({
  event: z.object({
    user: z.string(),
    channel: z.string(),
    ts: z.string(),
    thread_ts: z.string().optional(),
    text: z.string(),
  }),
});
const Revoked = z.object({ event: z.object({ tokens: z.object({ bot: z.array(z.string()).default([]) }) }) });
const Uninstalled = z.object({ team_id: z.string(), event_time: z.number() });

export const events: { readonly [K in BotEvent]: (body: unknown, desk: Desk) => Promise<void> } = {
  async app_home_opened(body, desk) {
    const opened = Opened.safeParse(body).data?.event;
    if (opened === undefined || opened.tab === "messages") return;
    const interaction = personOf({ ...Object(body), user: opened.user }, desk);
    if (interaction !== null) await publishHome(interaction, unseenHome, desk);
  },
  async app_mention(body, desk) {
    const mentioned = Mentioned.safeParse(body).data?.event;
    if (mentioned === undefined) return;
    const { user, channel, ts, thread_ts, text } = mentioned;
    const interaction = personOf({ ...Object(body), user, channel: { id: channel } }, desk);
    if (interaction === null) return;
    const there: Interaction = { ...interaction, from: "command", message: { ts, threadTs: thread_ts ?? null } };
    await answer(there, await runCommand(text, there, ts, desk), desk);
  },
  app_uninstalled: forget,
  async tokens_revoked(body, desk) {
    const revoked = Revoked.safeParse(body).data?.event.tokens.bot ?? [];
    if (revoked.length > 0) await forget(body, desk);
  },
};

async function forget(body: unknown, desk: Desk): Promise<void> {
  const { data } = Uninstalled.safeParse(body);
  if (data !== undefined) await desk.forgetWorkspace(data.team_id, data.event_time * 1000);
}
