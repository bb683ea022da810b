/** Which rules made an alert, or keep it silent, and what people did about it. */
import { fileMutesOf } from "../../domain/file-mute.ts";
import type { BranchRef } from "../../domain/ids.ts";
import { concerns } from "../../domain/mute.ts";
import { channelFor, explain, type Policy } from "../../domain/policy.ts";
import { asksToTrack } from "../../domain/subscription.ts";
import type { Target } from "../../domain/target.ts";
import type { FoundAlert } from "../../handlers/slack/acting.ts";
import { viewOf } from "../../jobs/alert-view.ts";
import { permalinkOf } from "../../jobs/permalink.ts";
import { markOf } from "../../jobs/subjects.ts";
import type { Desk } from "../desk.ts";
import type { Message } from "../messages/blocks.ts";
import { nothingFits } from "../messages/replies.ts";
import { whyReply, whySilent } from "../messages/why.ts";
import type { Answer } from "../perform.ts";
import { findTargets } from "../targets.ts";
import { type Typed, whichOne } from "./index.ts";

const mostAudit = 10;

export async function why({ command, interaction }: Typed<"why">, desk: Desk): Answer {
  const found = await findTargets(command.target, interaction, desk);
  const [only, ...others] = found;
  if (only === undefined) return (await explainSilence(command.target, desk)) ?? nothingFits();
  return others.length > 0 ? whichOne(found, interaction, desk) : explainAlert(only, desk);
}

/** @returns null when the target does not tell which branch is meant. */
async function explainSilence(target: Target, desk: Desk): Promise<Message | null> {
  const named = await branchOf(target, desk);
  if (named === null) return null;
  const policy = await policyOf(named, target, desk);
  const { route, track, repository } = explain(policy, named);
  const subscribed = (await desk.subscriptions.all()).some((subscription) => asksToTrack(subscription, named));
  return whySilent({ ...named, route, track, repository, channel: channelFor(policy, named), subscribed });
}

async function branchOf(target: Target, desk: Desk): Promise<Pick<BranchRef, "pipeline" | "branch"> | null> {
  if (target.kind === "branch") {
    const { pipeline, branch } = target;
    return branch === null ? null : { pipeline, branch };
  }
  if (target.kind !== "build") return null;
  const { pipeline, number } = target;
  const organizations = target.organization === null ? await desk.marks.organizations() : [target.organization];
  const builds = await Promise.all(
    organizations.map((organization) => desk.builds.read({ organization, pipeline, number })),
  );
  const found = builds.find((facts) => facts !== null) ?? null;
  return found === null ? null : { pipeline, branch: found.branch };
}

/** A name does not say which repository it is built from: the newest build that is known does. */
async function policyOf(
  { pipeline, branch }: Pick<BranchRef, "pipeline" | "branch">,
  target: Target,
  { marks, builds, verdicts, policies }: Desk,
): Promise<Policy> {
  for (const organization of await marks.organizations()) {
    const number =
      target.kind === "build"
        ? target.number
        : (await verdicts.history({ organization, pipeline, branch })).at(-1)?.number;
    const facts = number === undefined ? null : await builds.read({ organization, pipeline, number });
    if (facts !== null) return policies.ofAddress(facts.repository);
  }
  return policies.of(null);
}

async function explainAlert({ organization, stored }: FoundAlert, desk: Desk): Promise<Message> {
  const { state } = stored;
  const ref = { organization, alert: state.id };
  const [mutes, policy, audit, slack, nextReminder] = await Promise.all([
    desk.mutes.active(organization),
    desk.policies.ofAlert(state),
    desk.audit.newest(organization, state.id, mostAudit),
    desk.slackOf(null),
    desk.marks.dueAt(markOf("remind", ref)),
  ]);
  return whyReply({
    view: await viewOf(stored, mutes, desk),
    permalink: slack === null ? null : await permalinkOf(ref, { slots: desk.slots, slack }),
    ...explain(policy, state),
    mutes: [...mutes.filter(({ scope }) => concerns(scope, state)), ...fileMutesOf(state, policy, desk.clock.now())],
    nextReminder,
    audit,
  });
}
