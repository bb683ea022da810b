/** What `/signalbox` answers: lists. Only whoever asked sees them. */
import type { Mute } from "../../domain/mute.ts";
import type { MuteRule, NeverAlertRule } from "../../domain/policy.ts";
import type { SubscribeCommand } from "../../domain/subscribe-command.ts";
import { type Message, section } from "./blocks.ts";
import { code, foreign, joined, type Mrkdwn, md, spoken, typeable } from "./mrkdwn.ts";
import { muteTerms, sourceName } from "./mutes.ts";
import { type AlertRow, alertLine, listing, muteLine, numbered, type Row, unmuteButton } from "./rows.ts";
import { count } from "./words.ts";

/** What `subscribe` asked for, without what it did. */
export type SubscriptionRow = Pick<SubscribeCommand, "pipeline" | "branch" | "job" | "only">;

const mostRows = 40;
/** Each with its button is a block of its own. */
const mostMutes = 20;

/**
 * @param rows In the order in which commands count them: `ack 2` is the second.
 * @param pipeline The one that was asked for; null: all.
 */
export function statusReply(rows: readonly AlertRow[], pipeline: string | null = null): Message {
  if (rows.length === 0) {
    const name = pipeline === null ? null : code(pipeline, 80);
    if (name !== null) return only(md`:large_green_circle: Nothing that is known of ${name} is failing.`);
    return only(md`:large_green_circle: Nothing is failing. Enjoy the quiet.`);
  }
  return listOf(md`*${count(rows.length, "branch", "branches")} failing*`, rows.map(alertRow));
}

export function mineReply(rows: readonly AlertRow[]): Message {
  if (rows.length === 0) return only(md`:large_green_circle: Nothing that you changed or took on is failing.`);
  return listOf(md`*Yours: ${count(rows.length, "branch", "branches")} failing*`, rows.map(alertRow));
}

/** When what was named fits several alerts. */
export function whichOneReply(rows: readonly AlertRow[]): Message {
  return listOf(md`*That fits several alerts.* Name one by its number here:`, rows.map(alertRow));
}

/** What a settings file mutes. `repository` null: for all of them, by the operator. */
export interface MuteRuleRow {
  readonly rule: MuteRule | NeverAlertRule;
  readonly repository: string | null;
}

/** @param inFiles They cannot be ended here, and so have neither number nor button. */
export function mutesReply(mutes: readonly Mute[], inFiles: readonly MuteRuleRow[] = []): Message {
  const ruled = inFiles.map((row) => ({ line: ruleLine(row) }));
  const fileBlocks =
    ruled.length === 0 ? [] : [section(md`*Muted by settings files*`), ...listing(ruled, mostMutes, 6_000)];
  if (mutes.length === 0) {
    if (ruled.length === 0) return only(md`Nothing is muted.`);
    return { text: `${count(ruled.length, "mute").mrkdwn} in settings files`, blocks: fileBlocks };
  }
  const rows = mutes.map((mute, index) => ({ line: numbered(muteLine(mute), index), accessory: unmuteButton(mute) }));
  const list = listOf(md`*${count(mutes.length, "active mute")}*`, rows, mostMutes);
  return { ...list, blocks: [...list.blocks, ...fileBlocks] };
}

/** "`Flaky *` on `release/*` of acme/web · by `.github/signalbox.yml`, line 12, until …: see #512" */
function ruleLine({ rule, repository }: MuteRuleRow): Mrkdwn {
  const { branch, pipeline } = "match" in rule ? rule.match : {};
  const place = [
    ...(branch === undefined ? [] : [md` on ${pattern(branch)}`]),
    ...(pipeline === undefined ? [] : [md` of ${pattern(pipeline)}`]),
    ...(repository === null ? [] : [md` in ${code(repository, 120) ?? md`a repository`}`]),
  ];
  const terms = "until" in rule ? muteTerms(rule) : md`it never alerts`;
  return md`:no_bell: ${pattern(rule.job)}${joined(place, "")} · by ${sourceName(rule.source)}, ${terms}`;
}

export function subscriptionsReply(subscriptions: readonly SubscriptionRow[]): Message {
  if (subscriptions.length === 0) {
    return only(md`This channel has no subscriptions. Add one: \`/signalbox subscribe payments-api branch:main\``);
  }
  const rows = subscriptions.map((row, index) => ({ line: numbered(subscriptionLine(row), index) }));
  return listOf(md`*${count(subscriptions.length, "subscription")} of this channel*`, rows);
}

/** "`payments-*`, branch `main`, job `Specs`, only broken" */
export function subscriptionLine({ pipeline, branch, job, only: events }: SubscriptionRow): Mrkdwn {
  const parts = [
    pattern(pipeline),
    ...(branch === null ? [] : [md`branch ${pattern(branch)}`]),
    ...(job === null ? [] : [md`job ${pattern(job)}`]),
    ...(events === null ? [] : [md`only ${joined(events.map(word), " and ")}`]),
  ];
  return joined(parts, ", ");
}

function pattern(text: string): Mrkdwn {
  return typeable(text, 80) ?? md`all`;
}

function word(text: string): Mrkdwn {
  return foreign(text, 20) ?? md`all`;
}

function alertRow(row: AlertRow, index: number): Row {
  return { line: numbered(alertLine(row), index) };
}

function only(sentence: Mrkdwn): Message {
  return { text: spoken(sentence), blocks: [section(sentence)] };
}

function listOf(heading: Mrkdwn, rows: readonly Row[], most = mostRows): Message {
  return { text: spoken(heading), blocks: [section(heading), ...listing(rows, most)] };
}
