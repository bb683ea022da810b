/** The dialog that asks what to mute, until when, and why. */
import type { InputBlock, InputBlockElement, KnownBlock, ModalView, PlainTextOption } from "@slack/types";
import type { AlertState } from "../../domain/alert.ts";
import { longestReason } from "../../domain/mute-command.ts";
import { callbackIds } from "../action-ids.ts";
import { context, section } from "./blocks.ts";
import { causeNames } from "./causes.ts";
import { option, plain } from "./elements.ts";
import { joined, type Mrkdwn, md } from "./mrkdwn.ts";
import { jobChoice, type MuteMetadata, muteEnds, muteFields } from "./mute-fields.ts";
import { branchName, jobName, pipelineName } from "./parts.ts";
import { count } from "./words.ts";

/** How many alerts of the last 14 days a mute would have hidden, by its scope: of the job that is chosen at first. */
interface MutePreview {
  readonly job: number;
  readonly jobEverywhere: number;
  readonly branch: number;
}

export interface MuteDialog extends Omit<MuteMetadata, "alert" | "job"> {
  readonly alert: AlertState;
  /** null while it is being counted: Slack gives three seconds to open a dialog, and any time to update it. */
  readonly preview: MutePreview | null;
}

const mostNames = 3;

export function muteDialog({ alert, channel, from, preview, timeZone }: MuteDialog): ModalView {
  const { causes } = alert.verdict;
  const metadata: MuteMetadata = { alert: alert.id, channel, from, job: firstJob(alert), timeZone };
  return {
    type: "modal",
    callback_id: callbackIds.mute,
    private_metadata: JSON.stringify(metadata),
    title: plain("Mute", 24),
    submit: plain("Mute", 24),
    close: plain("Cancel", 24),
    blocks: [
      section(headline(alert)),
      scopeInput(causes.length > 0),
      ...(causes.length > 1 ? [jobInput(alert)] : []),
      ...untilInputs(timeZone),
      reasonInput(),
      ...previewLines(alert, preview),
    ],
  };
}

function firstJob({ verdict }: AlertState): string | null {
  const [first] = verdict.causes;
  return first === undefined ? null : jobChoice(first.key);
}

function headline(alert: AlertState): Mrkdwn {
  const where = md`${branchName(alert)} · ${pipelineName(alert)}`;
  const names = causeNames(alert, mostNames);
  return names === null ? where : md`${where}: ${names}`;
}

function scopeInput(hasJobs: boolean): InputBlock {
  const whole = option("The whole pipeline on this branch", "branch");
  const [first, ...others] = hasJobs
    ? [option("This job on this branch", "job"), option("This job on every branch", "jobEverywhere"), whole]
    : [whole];
  return input(muteFields.scope, "What", {
    type: "radio_buttons",
    options: [first, ...others],
    initial_option: first,
  });
}

function jobInput({ verdict }: AlertState): InputBlock {
  const byKey = new Map(verdict.causes.map(({ key, name }) => [key, name]));
  const [first, ...others] = [...byKey].map(([key, name]) => jobOption(key, name));
  return input(muteFields.job, "Job", {
    type: "static_select",
    options: first === undefined ? others : [first, ...others],
    ...(first !== undefined && { initial_option: first }),
  });
}

function jobOption(key: string, name: string): PlainTextOption {
  return { text: plain(name, 75, "unnamed job"), value: jobChoice(key) };
}

function untilInputs(timeZone: string): InputBlock[] {
  const [first, ...others] = Object.entries(muteEnds).map(([value, label]) =>
    option(labelled(value, label, timeZone), value),
  );
  return [
    input(muteFields.until, "For how long", {
      type: "static_select",
      options: first === undefined ? others : [first, ...others],
      ...(first !== undefined && { initial_option: first }),
    }),
    {
      ...input(muteFields.date, "Or until this date and time", { type: "datetimepicker" }),
      optional: true,
      hint: plain("30 days from now at most. When it is filled in, it counts.", 150),
    },
  ];
}

function labelled(value: string, label: string, timeZone: string): string {
  return value === "until tomorrow" ? `${label} (${timeZone})` : label;
}

function reasonInput(): InputBlock {
  return {
    ...input(muteFields.reason, "Why", {
      type: "plain_text_input",
      multiline: false,
      max_length: longestReason,
      placeholder: plain("Flaky since the upgrade, see #512", 150),
    }),
    optional: true,
    hint: plain("Needed above 24 hours, and for a whole pipeline. Everybody who asks will see it.", 150),
  };
}

function previewLines(alert: AlertState, preview: MutePreview | null): KnownBlock[] {
  const days = md`in the last 14 days`;
  if (preview === null) return context(md`Counting what this would have hidden ${days}…`);
  const branch = branchName(alert);
  const hidden = (what: Mrkdwn, alerts: number) => md`${what}: ${count(alerts, "alert")}`;
  const whole = hidden(md`everything on ${branch}`, preview.branch);
  const [first] = alert.verdict.causes;
  if (first === undefined) return context(md`Would have hidden ${days} · ${whole}`);
  const job = jobName(first.name);
  const lines = [
    hidden(md`${job} on ${branch}`, preview.job),
    hidden(md`${job} on every branch`, preview.jobEverywhere),
    whole,
  ];
  return context(md`Would have hidden ${days}`, joined(lines, " · "));
}

function input(id: string, label: string, element: InputBlockElement): InputBlock {
  return { type: "input", block_id: id, label: plain(label, 150), element: { ...element, action_id: id } };
}
