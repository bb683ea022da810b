/** What a channel wants to hear besides what its routes give it. */
import { type Subscription, subscribedChannels } from "../../domain/subscription.ts";
import { auditEntry } from "../../handlers/slack/acting.ts";
import { spell } from "../../jobs/subjects.ts";
import type { Desk } from "../desk.ts";
import { subscribeDone, unsubscribeDone } from "../messages/done.ts";
import { onlyInChannels } from "../messages/replies.ts";
import { type Answer, actOf, keepAct, mayNot } from "../perform.ts";
import { openAlerts } from "../targets.ts";
import type { Typed } from "./index.ts";

export async function subscribe({ command, interaction }: Typed<"subscribe">, desk: Desk): Answer {
  const { channel, team } = interaction;
  if (channel === null) return onlyInChannels();
  const refused = await refusal({ interaction }, desk);
  if (refused !== null) return refused;
  const { pipeline, branch, job, only } = command;
  const now = desk.clock.now();
  const act = await actOf({ interaction }, desk);
  const wanted = { pipeline, branch, job, only: only === null ? null : [...only] };
  const subscription = { channel, team, ...wanted, by: act.actor, at: now };
  await desk.subscriptions.put(subscription);
  await keepAct(desk, auditEntry("subscribe", act, now, null, `${channel} ${pipeline}`));
  await showWhatFails(subscription, desk);
  return subscribeDone(command);
}

/** The channel hears of what is failing already, and not only of what happens next. */
async function showWhatFails(subscription: Subscription, desk: Desk): Promise<void> {
  const { marks, triggers, clock } = desk;
  for (const { organization, stored } of await openAlerts(desk)) {
    if (subscribedChannels([subscription], stored.state).size === 0) continue;
    const subject = spell("syncAlert", { organization, alert: stored.state.id });
    await triggers.fire(await marks.mark(organization, [subject], clock.now()));
  }
}

/** A pattern is under the rules of no branch in particular. */
function refusal({ interaction }: Pick<Typed, "interaction">, desk: Desk): Answer {
  const request = { interaction, carried: null, quiet: false };
  return mayNot(["acknowledge"], { pipeline: "", branch: "", repository: null }, request, desk);
}

export async function unsubscribe({ command, interaction }: Typed<"unsubscribe">, desk: Desk): Answer {
  const { channel } = interaction;
  if (channel === null) return onlyInChannels();
  const refused = await refusal({ interaction }, desk);
  if (refused !== null) return refused;
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
    await keepAct(desk, auditEntry("unsubscribe", act, desk.clock.now(), null, detail));
  }
  return unsubscribeDone(ending);
}
