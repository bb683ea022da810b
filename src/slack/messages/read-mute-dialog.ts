/** What was filled in in the mute dialog, or what is wrong with it, at the field where it is wrong. */
import type { Instant } from "../../clock.ts";
import { needsReason } from "../../domain/mute.ts";
import { longestReason } from "../../domain/mute-command.ts";
import { type MuteEnd, muteLimits, muteUntil, parseMuteEnd } from "../../domain/mute-end.ts";
import type { Refusal } from "../../domain/refusal.ts";
import { metadataOf, type Values, valuesOf } from "./dialog-values.ts";
import { type ChosenScope, MuteEndChoice, MuteMetadata, muteFields } from "./mute-fields.ts";

export interface MuteRequest extends Omit<MuteMetadata, "job" | "timeZone"> {
  readonly kind: "mute";
  readonly scope: ChosenScope;
  readonly end: MuteEnd;
  readonly reason: string | null;
}

export interface FieldErrors {
  readonly kind: "errors";
  /** By block id, as Slack wants them. */
  readonly errors: Readonly<Record<string, string>>;
}

const outdated = "This dialog is out of date: close it, and open it again.";

/** @param state `view.state.values`. */
export function readMuteDialog(state: unknown, privateMetadata: string, now: Instant): MuteRequest | FieldErrors {
  const values = valuesOf(state);
  const metadata = metadataOf(MuteMetadata, privateMetadata);
  const scope = metadata === null ? null : scopeOf(values, metadata);
  if (metadata === null || scope === null) return { kind: "errors", errors: { [muteFields.scope]: outdated } };
  const end = endOf(values, now, metadata.timeZone);
  const reason = values.text(muteFields.reason);
  const errors: Record<string, string> = {};
  if (end.kind === "wrong") errors[end.field] = end.message;
  else if (reason === null && needsReason(scope.kind, end.kind === "at" ? end.at : null, now)) {
    errors[muteFields.reason] = "Say why: it is for more than 24 hours, or for a whole pipeline.";
  }
  if (reason !== null && reason.length > longestReason) {
    errors[muteFields.reason] = `Write ${longestReason} characters at most.`;
  }
  if (end.kind === "wrong" || Object.keys(errors).length > 0) return { kind: "errors", errors };
  const { alert, channel, from } = metadata;
  return { kind: "mute", alert, channel, from, scope, end, reason };
}

function scopeOf(values: Values, metadata: MuteMetadata): ChosenScope | null {
  const kind = values.choice(muteFields.scope);
  if (kind === "branch") return { kind };
  const job = values.choice(muteFields.job) ?? metadata.job;
  return (kind === "job" || kind === "jobEverywhere") && job !== null ? { kind, job } : null;
}

interface Wrong {
  readonly kind: "wrong";
  readonly field: string;
  readonly message: string;
}

function endOf(values: Values, now: Instant, timeZone: string): MuteEnd | Wrong {
  const wrong = (field: string, message: string): Wrong => ({ kind: "wrong", field, message });
  // A field's error is plain text, in which quotation marks of markup would stay.
  const ended = (field: string, end: MuteEnd | Refusal) =>
    end.kind === "refused" ? wrong(field, end.message.replaceAll("`", "")) : end;
  const date = values.instant(muteFields.date);
  if (date !== null) return ended(muteFields.date, muteUntil(date, now, muteLimits, "That date"));
  const { data: choice } = MuteEndChoice.safeParse(values.choice(muteFields.until));
  if (choice === undefined) return wrong(muteFields.until, "Choose for how long.");
  if (choice === "date") return wrong(muteFields.date, "Choose the date and time.");
  return ended(muteFields.until, parseMuteEnd(choice, now, timeZone));
}
