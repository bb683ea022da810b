/** What is failing, what of it is mine, what is muted, what this channel subscribed to. */

import { type Policy, policyFiles } from "../../domain/policy.ts";
import type { FoundAlert } from "../../handlers/slack/acting.ts";
import { viewOf } from "../../jobs/alert-view.ts";
import { permalinkOf } from "../../jobs/permalink.ts";
import type { Desk } from "../desk.ts";
import type { Interaction } from "../interaction.ts";
import {
  type MuteRuleRow,
  mineReply,
  mutesReply,
  statusReply,
  subscriptionsReply,
} from "../messages/command-replies.ts";
import type { AlertRow } from "../messages/rows.ts";
import type { Answer } from "../perform.ts";
import { openAlerts, sameName } from "../targets.ts";
import type { Typed } from "./index.ts";

/** More are counted, but not shown. */
const mostLinks = 20;

export async function status({ command, interaction }: Typed<"status">, desk: Desk): Answer {
  const { pipeline, branch } = command;
  const found = (await openAlerts(desk)).filter(({ stored: { state } }) => {
    return (
      (pipeline === null || sameName(state.pipeline, pipeline)) && (branch === null || sameName(state.branch, branch))
    );
  });
  return statusReply(await rowsOf(found, interaction, desk), pipeline);
}

export async function mine({ interaction }: Typed<"mine">, desk: Desk): Answer {
  const own = (await openAlerts(desk)).filter((found) => isTheirs(found, interaction));
  return mineReply(await rowsOf(own, interaction, desk));
}

/** They are on it, or their change broke it. */
export function isTheirs({ stored: { handling, mention } }: FoundAlert, { user }: Pick<Interaction, "user">): boolean {
  if (handling.kind === "acknowledged" && handling.by.user === user) return true;
  return mention !== null && mention.user === user && !mention.declined;
}

export async function mutes({ interaction }: Typed<"mutes">, desk: Desk): Answer {
  const { team, user } = interaction;
  const active = await activeMutes(desk);
  const ids = active.map(({ id }) => id);
  if (ids.length > 0) await desk.shownLists.mutes.write(team, user, ids);
  return mutesReply(active, await rulesInFiles(desk));
}

/** What settings files mute now, the operator's first. */
export async function rulesInFiles({ policies, clock }: Pick<Desk, "policies" | "clock">): Promise<MuteRuleRow[]> {
  const [operator, ...others] = await policies.all();
  const now = clock.now();
  const rowsOfPolicy = (policy: Policy): MuteRuleRow[] =>
    [...policy.mutes.filter(({ until }) => until > now), ...policy.neverAlert].map((rule) => ({
      rule,
      repository: rule.source.file === policyFiles.operator ? null : (policy.repository?.name ?? null),
    }));
  return [
    ...(operator === undefined ? [] : rowsOfPolicy(operator)),
    ...others.flatMap(rowsOfPolicy).filter(({ repository }) => repository !== null),
  ];
}

export async function activeMutes({ mutes: store, marks }: Pick<Desk, "mutes" | "marks">) {
  const all = await Promise.all((await marks.organizations()).map((organization) => store.active(organization)));
  return all.flat();
}

export async function list({ interaction }: Typed<"list">, desk: Desk): Answer {
  const all = await desk.subscriptions.all();
  return subscriptionsReply(all.filter(({ channel }) => channel === interaction.channel));
}

/** Remembers the order in which they are shown: the next command may name one by its number. */
export async function rowsOf(
  found: readonly FoundAlert[],
  { team, user }: Interaction,
  desk: Desk,
): Promise<AlertRow[]> {
  const ids = found.map(({ stored }) => stored.state.id);
  if (ids.length > 0) await desk.shownLists.alerts.write(team, user, ids);
  const slack = await desk.slackOf(null);
  const mutesOf = new Map(
    await Promise.all(
      [...new Set(found.map(({ organization }) => organization))].map(
        async (organization) => [organization, await desk.mutes.active(organization)] as const,
      ),
    ),
  );
  return Promise.all(
    found.map(async ({ organization, stored }, index) => {
      const ref = { organization, alert: stored.state.id };
      const linked = slack !== null && index < mostLinks;
      const permalink = linked ? await permalinkOf(ref, { slots: desk.slots, slack }) : null;
      return { ...(await viewOf(stored, mutesOf.get(organization) ?? [], desk)), permalink };
    }),
  );
}
