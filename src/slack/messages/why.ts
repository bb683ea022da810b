/** Why an alert was told or was not, and who did what to it. */
import type { SectionBlock } from "@slack/types";
import type { Instant } from "../../clock.ts";
import type { AuditEntry } from "../../domain/audit.ts";
import type { AnyMute } from "../../domain/file-mute.ts";
import type { ActionKind, Allowed, Explanation, Match, RuleSource } from "../../domain/policy.ts";
import { context, type Message, section } from "./blocks.ts";
import { code, foreign, joined, type Mrkdwn, md, spoken, typeable } from "./mrkdwn.ts";
import { sourceName } from "./mutes.ts";
import { personName } from "./parts.ts";
import { groupMention, mentionOf } from "./people.ts";
import { alertLine, listing, muteLine } from "./rows.ts";
import { culpritName, whyNobody } from "./suspects.ts";
import type { AlertView } from "./view.ts";
import { dateTime, duration } from "./words.ts";

/** `route` null: none matched, and the default channel was used; `track` null: watched as the pipeline's default branch. */
export interface WhyFacts extends Explanation {
  readonly view: AlertView;
  readonly permalink: string | null;
  /** Mutes that concern the branch, also those that do not hide the whole alert. */
  readonly mutes: readonly AnyMute[];
  /** When the next reminder is due; null: none. */
  readonly nextReminder: Instant | null;
  /** The newest first. */
  readonly audit: readonly AuditEntry[];
}

const mostEntries = 10;
const mostMutes = 5;

export function whyReply(facts: WhyFacts): Message {
  const { view, permalink, audit } = facts;
  const heading = alertLine({ ...view, permalink });
  const rules = [
    channelLine(facts, view.alert.channel),
    trackLine(facts),
    mentionLine(view),
    muteWords(facts),
    reminderLine(facts),
    mayLine(facts),
  ];
  const entries = audit.slice(0, mostEntries).map((entry) => ({ line: md`• ${entryLine(entry)}` }));
  const done = entries.length === 0 ? [] : [section(md`*What people did*`), ...listing(entries, mostEntries)];
  const mutes = facts.mutes.map((mute) => ({ line: md`• ${muteLine(mute)}` }));
  return {
    text: spoken(heading),
    blocks: [
      section(heading),
      section(
        joined(
          rules.map((rule) => md`• ${rule}`),
          "\n",
        ),
      ),
      ...problemBlocks(facts),
      ...listing(mutes, mostMutes, 4_000),
      ...done,
      ...context(md`Alert ${code(view.alert.id, 60) ?? md``}`),
    ],
  };
}

/** Of a branch without an alert: what would happen if it broke. */
interface SilenceFacts extends Pick<WhyFacts, "route" | "track" | "repository"> {
  readonly pipeline: string;
  readonly branch: string;
  /** null: nobody would be told. */
  readonly channel: string | null;
  /** Whether a channel's subscription names the branch. */
  readonly subscribed: boolean;
}

export function whySilent(facts: SilenceFacts): Message {
  const { pipeline, branch, channel } = facts;
  const where = md`${code(branch, 80) ?? md`an unnamed branch`} · ${code(pipeline, 80) ?? md``}`;
  const heading = md`:white_circle: ${where}: there is no alert`;
  const told =
    channel === null ? md`No route takes its alerts, and there is no default channel` : channelLine(facts, channel);
  const rules = [watchedLine(facts), told];
  const lines = rules.map((rule) => md`• ${rule}`);
  return { text: spoken(heading), blocks: [section(heading), section(joined(lines, "\n")), ...problemBlocks(facts)] };
}

function watchedLine({ track, subscribed }: SilenceFacts): Mrkdwn {
  if (track !== null) return md`The branch is watched by the rule for ${matchWords(track)}${writtenIn(track.source)}`;
  if (subscribed) return md`The branch is watched for a channel that subscribed to it`;
  return md`The branch is watched if it is the pipeline's default branch: no rule and no subscription names it`;
}

function channelLine({ route }: Pick<WhyFacts, "route">, id: string): Mrkdwn {
  const channel = channelName(id);
  return route === null
    ? md`It goes to ${channel}, the default channel: no route matches`
    : md`It goes to ${channel}, by the route for ${matchWords(route.match)}${writtenIn(route.source)}`;
}

function channelName(channel: string): Mrkdwn {
  return channel.startsWith("#") ? (foreign(channel, 80) ?? md`its channel`) : { mrkdwn: `<#${channel}>` };
}

function trackLine({ track }: WhyFacts): Mrkdwn {
  return track === null
    ? md`The branch is watched as the pipeline's default branch`
    : md`The branch is watched by the rule for ${matchWords(track)}${writtenIn(track.source)}`;
}

function writtenIn(source: RuleSource | undefined): Mrkdwn {
  return source === undefined ? md`` : md` (${sourceName(source)})`;
}

const mostMistakes = 3;

/** What is wrong with the repository's own settings, for whoever wonders why they do not hold. */
function problemBlocks({ repository }: Pick<WhyFacts, "repository">): SectionBlock[] {
  if (repository === null || repository.problem === null) return [];
  const { since, mistakes } = repository.problem;
  const date = dateTime(since);
  const when = date === null ? md`` : md` since ${date}`;
  const name = code(repository.name, 120) ?? md`the repository`;
  const heading = md`:warning: The settings of ${name} are broken${when}, so the last good ones hold`;
  const lines = mistakes.map(({ line, message }) => md`• line ${line}, ${foreign(message, 200) ?? md`not readable`}`);
  return [
    section(heading),
    ...listing(
      lines.map((line) => ({ line })),
      mostMistakes,
      4_000,
    ),
  ];
}

function matchWords({ pipeline, branch }: Match): Mrkdwn {
  const one = (what: Mrkdwn, pattern: string | undefined) =>
    pattern === undefined ? [] : [md`${what} ${typeable(pattern, 80) ?? md`any`}`];
  const parts = [...one(md`pipeline`, pipeline), ...one(md`branch`, branch)];
  return parts.length === 0 ? md`everything` : joined(parts, " and ");
}

function mentionLine({ mention, alert, suspects }: AlertView): Mrkdwn {
  if (mention !== null) return md`It mentions ${mentionOf(mention)}, who brought in #${alert.since.number}`;
  const doubt = suspects === null ? null : whyNobody(suspects);
  if (doubt !== null) return md`It mentions nobody: ${doubt}`;
  const person = (suspects === null ? null : culpritName(suspects)) ?? personName(alert.since.person);
  return person === null
    ? md`It mentions nobody: the author is not known`
    : md`It mentions nobody: ${person} is not known in Slack, or said no`;
}

function muteWords({ view, mutes }: WhyFacts): Mrkdwn {
  if (view.silence !== null) return md`It is muted: the thread and the channel stay quiet`;
  return mutes.length === 0 ? md`Nothing of it is muted` : md`Not all of it is muted, so it is told`;
}

function reminderLine({ settings, nextReminder }: WhyFacts): Mrkdwn {
  const { reminders, owners } = settings;
  if (reminders === null) return md`Reminders are off for this route${writtenIn(settings.sources.reminders)}`;
  const after = joined(reminders.unacknowledged.map(duration), ", ");
  const group =
    owners === null ? md`` : md`, the owners are ${groupMention(owners)}${writtenIn(settings.sources.owners)}`;
  const date = nextReminder === null ? null : dateTime(nextReminder);
  const next = date === null ? md`` : md`; the next is due ${date}`;
  const rule =
    reminders.unacknowledged.length === 0
      ? md`Nobody is reminded`
      : md`Reminders without an acknowledgement after ${after}${writtenIn(settings.sources.reminders)}`;
  return md`${rule}${group}${next}`;
}

function mayLine({ settings: { actions, sources } }: WhyFacts): Mrkdwn {
  const kinds: readonly ActionKind[] = ["acknowledge", "mute", "rerun"];
  return joined(
    kinds.map((kind) => md`${word(kind)}: ${allowedWords(actions[kind])}${writtenIn(sources[kind])}`),
    ", ",
  );
}

function allowedWords(allowed: Allowed): Mrkdwn {
  if (allowed === "channel") return md`everybody`;
  if (allowed === "linked") return md`with a linked GitHub login`;
  return allowed.length === 0 ? md`nobody` : joined(allowed.slice(0, 5).map(groupMention), " or ");
}

function entryLine({ at, action, name, from, detail }: AuditEntry): Mrkdwn {
  const who = personName(name) ?? md`somebody`;
  const more = detail === null ? null : foreign(detail, 200);
  const date = dateTime(at);
  const what = md`${date === null ? md`` : md`${date} · `}${who}: ${word(spaced(action))} (${word(from)})`;
  return more === null ? what : md`${what} · ${more}`;
}

function spaced(action: string): string {
  return action.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function word(own: string): Mrkdwn {
  return foreign(own, 40) ?? md``;
}
