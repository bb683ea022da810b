/** All that the message of an alert is made from. */
import type { AlertState } from "../../domain/alert.ts";
import type { AnyMute } from "../../domain/file-mute.ts";
import type { Handling } from "../../domain/handling.ts";
import type { SlackUser } from "../../domain/ids.ts";
import type { RerunProgress } from "../../domain/rerun.ts";
import type { FoundSuspects } from "../../domain/suspects.ts";
import { writeAlertValue } from "../action-ids.ts";

export interface AlertView<State extends AlertState = AlertState> {
  readonly alert: State;
  /** Of the stored alert: buttons carry it. */
  readonly version: number;
  readonly handling: Handling;
  readonly rerun: RerunProgress;
  /** The mutes that hide the alert, the one that ends first at the front; null when it is not hidden. */
  readonly silence: readonly AnyMute[] | null;
  /** By job key. */
  readonly mutedJobs: ReadonlySet<string>;
  /** Whom the alert addresses; null: the author is named, and nobody is pinged. */
  readonly mention: SlackUser | null;
  /** Who may have broken the branch; null: nobody has asked GitHub, or it does not know. */
  readonly suspects: FoundSuspects | null;
  /** Buildkite's API can be asked to run something. */
  readonly canRerun: boolean;
}

export type FailingView = AlertView<Extract<AlertState, { status: "failing" }>>;
export type FixedView = AlertView<Extract<AlertState, { status: "fixed" }>>;

export function buttonValue({ alert, version }: Pick<AlertView, "alert" | "version">): string {
  return writeAlertValue({ alert: alert.id, version });
}
