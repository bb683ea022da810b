/** What a channel wants to hear besides what its routes give it. */
import { auditEntry } from "../../handlers/slack/acting.ts";
import type { Desk } from "../desk.ts";
import { subscribeDone, unsubscribeDone } from "../messages/done.ts";
import { onlyInChannels } from "../messages/replies.ts";
import { type Answer, actOf } from "../perform.ts";
import type { Typed } from "./index.ts";

export async function subscribe({ command, interaction }: Typed<"subscribe">, desk: Desk): Answer {
  const { channel, team } = interaction;
  if (channel === null) return onlyInChannels();
  const { pipeline, branch, job, only } = command;
  const now = desk.clock.now();
  const act = await actOf({ interaction }, desk);
  const wanted = { pipeline, branch, job, only: only === null ? null : [...only] };
  await desk.subscriptions.put({ channel, team, ...wanted, by: act.actor, at: now });
  await desk.audit.add(auditEntry("subscribe", act, now, null, `${channel} ${pipeline}`));
  return subscribeDone(command);
}

export async function unsubscribe({ command, interaction }: Typed<"unsubscribe">, desk: Desk): Answer {
  const { channel } = interaction;
  if (channel === null) return onlyInChannels();
  const { which } = command;
  const own = (await desk.subscriptions.all()).filter((subscription) => subscription.channel === channel);
  const ending =
    which.kind === "listed"
      ? own.slice(which.number - 1, which.number)
      : own.filter(({ pipeline }) => pipeline === which.pipeline);
  for (const subscription of ending) await desk.subscriptions.remove(subscription);
  if (ending.length > 0) {
    const act = await actOf({ interaction }, desk);
    const detail = ending.map(({ pipeline }) => `${channel} ${pipeline}`).join(", ");
    await desk.audit.add(auditEntry("unsubscribe", act, desk.clock.now(), null, detail));
  }
  return unsubscribeDone(ending);
}
