/** What happened, in our own words. A webhook becomes one of these, or is ignored for a reason, or is refused. */
import type { Instant } from "../clock.ts";
import type { AgentSnapshot, BuildSnapshot, JobSnapshot } from "./build.ts";
import type { Organization } from "./ids.ts";

export type Event =
  | { readonly kind: "build.changed"; readonly build: BuildSnapshot }
  | { readonly kind: "job.changed"; readonly build: BuildSnapshot; readonly job: JobSnapshot }
  | {
      readonly kind: "agent.changed";
      readonly organization: Organization;
      /** `connected`, `disconnected`, `lost`, `stopping`, `stopped`, `blocked`. */
      readonly change: string;
      readonly at: Instant | null;
      readonly agent: AgentSnapshot;
    };

/** Known or unknown, but nothing to record: answered with 200, and the reason goes to the debug log. */
export interface Ignored {
  readonly kind: "ignored";
  readonly reason: string;
}

export type EventOf<K extends Event["kind"]> = Extract<Event, { kind: K }>;
