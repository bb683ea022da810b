/** What the app asked of Slack, in order, and how it went. */
import type { Clock, Instant } from "../../src/clock.ts";
import type { Fault } from "../faults.ts";

export interface SlackCall {
  /** `response_url` for a post to one. */
  readonly method: string;
  /** Decoded, without secrets. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The workspace that the token is for; null when it is for none. */
  readonly team: string | null;
  readonly at: Instant;
  /** What went wrong on purpose. */
  readonly fault: Fault | null;
  /** It took effect, whatever the caller was told. */
  readonly accepted: boolean;
  /** The error that Slack gave. */
  readonly error: string | null;
}

export class CallLog {
  readonly calls: SlackCall[] = [];
  readonly #clock: Clock;
  readonly #onCall: (call: SlackCall) => void;

  constructor(clock: Clock, onCall: (call: SlackCall) => void) {
    this.#clock = clock;
    this.#onCall = onCall;
  }

  /** Returns what is to be called with the outcome: the error, or null. */
  begin(started: Pick<SlackCall, "method" | "args" | "team" | "fault">): (error: string | null) => void {
    const call: { -readonly [K in keyof SlackCall]: SlackCall[K] } = {
      ...started,
      at: this.#clock.now(),
      accepted: false,
      error: null,
    };
    this.calls.push(call);
    return (error) => {
      call.accepted = error === null;
      call.error = error;
      this.#onCall(call);
    };
  }

  /** Returns the calls, or those of one method, and forgets them. */
  take(method?: string): readonly SlackCall[] {
    const all = this.calls.splice(0);
    if (method === undefined) return all;
    this.calls.push(...all.filter((call) => call.method !== method));
    return all.filter((call) => call.method === method);
  }
}
