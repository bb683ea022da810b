/**
 * Whether the home workspace takes what we say, as this process last heard: nobody asks Slack for the sake of knowing.
 * One call that works is enough to be well again. For the operator; nothing is decided from it.
 */
import type { Logger } from "pino";
import type { Clock, Instant } from "../clock.ts";
import { Later } from "../later.ts";
import { InstallationUnreadable } from "../state/installations.ts";
import { SlackRefused, SlackUnclear } from "./call.ts";
import { tokenRefused } from "./refusals.ts";

export interface SlackHealth {
  /** @param failure null: the call worked. */
  saw(failure: unknown): void;
  /** null: all is well. */
  trouble(): string | null;
}

/** A shorter wait is everyday business. */
const longWaitMs = 2 * 60_000;

export function createSlackHealth(clock: Clock, log: Logger): SlackHealth {
  let broken: string | null = null;
  let delayed: { readonly until: Instant; readonly reason: string } | null = null;

  function turn(reason: string | null, tell: () => void): void {
    if (broken !== reason) tell();
    broken = reason;
  }

  return {
    saw(failure) {
      if (failure instanceof Later) {
        if (failure.at - clock.now() <= longWaitMs || failure.at === delayed?.until) return;
        delayed = { until: failure.at, reason: failure.message };
        log.warn({ until: new Date(failure.at).toISOString() }, `${failure.message}: updates are delayed`);
      } else if (failure instanceof InstallationUnreadable) {
        turn(failure.message, () => log.error({ err: failure }, failure.message));
      } else if (failure instanceof SlackRefused && tokenRefused.has(failure.code)) {
        const reason = `Slack refuses the token: ${failure.code}`;
        turn(reason, () => log.error({ err: failure }, `${reason}; alerts wait until it is replaced`));
      } else if (failure instanceof SlackUnclear) {
        turn("Slack does not answer", () => log.info({ err: failure }, "Slack does not answer"));
      } else {
        // Any other refusal shows as well as an answer that Slack is there, and takes the token.
        turn(null, () => log.info("Slack answers again"));
      }
    },
    trouble: () => broken ?? (delayed !== null && delayed.until > clock.now() ? delayed.reason : null),
  };
}
