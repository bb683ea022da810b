/** Which rules made an alert, or keep it silent, and what people did about it. */
import { concerns } from "../../domain/mute.ts";
import { explain } from "../../domain/policy.ts";
import type { FoundAlert } from "../../handlers/slack/acting.ts";
import { viewOf } from "../../jobs/alert-view.ts";
import { permalinkOf } from "../../jobs/permalink.ts";
import { markOf } from "../../jobs/subjects.ts";
import type { Desk } from "../desk.ts";
import type { Message } from "../messages/blocks.ts";
import { nothingFits } from "../messages/replies.ts";
import { whyReply } from "../messages/why.ts";
import type { Answer } from "../perform.ts";
import { findTargets } from "../targets.ts";
import { type Typed, whichOne } from "./index.ts";

const mostAudit = 10;

export async function why({ command, interaction }: Typed<"why">, desk: Desk): Answer {
  const found = await findTargets(command.target, interaction, desk);
  const [only, ...others] = found;
  if (only === undefined) return nothingFits();
  return others.length > 0 ? whichOne(found, interaction, desk) : explainAlert(only, desk);
}

async function explainAlert({ organization, stored }: FoundAlert, desk: Desk): Promise<Message> {
  const { state } = stored;
  const ref = { organization, alert: state.id };
  const [mutes, audit, slack, nextReminder] = await Promise.all([
    desk.mutes.active(organization),
    desk.audit.newest(organization, state.id, mostAudit),
    desk.slackOf(null),
    desk.marks.dueAt(markOf("remind", ref)),
  ]);
  return whyReply({
    view: viewOf(stored, mutes, desk),
    permalink: slack === null ? null : await permalinkOf(ref, { slots: desk.slots, slack }),
    ...explain(desk.config.policy, state),
    mutes: mutes.filter(({ scope }) => concerns(scope, state)),
    nextReminder,
    audit,
  });
}
