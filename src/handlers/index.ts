/** The handlers: from an event to facts and triggers. Nothing is decided here; a kind without a handler does not compile. */
import type { Clock } from "../clock.ts";
import type { Event, EventOf } from "../domain/event.ts";
import type { Triggers } from "../jobs/queue.ts";
import type { Agents } from "../state/agents.ts";
import type { Builds } from "../state/builds.ts";
import type { CheckRequests } from "../state/check-requests.ts";
import type { Comments } from "../state/comments.ts";
import type { Marks } from "../state/marks.ts";
import type { Pulls } from "../state/pulls.ts";
import type { Reports } from "../state/reports.ts";
import { StoreUnavailable } from "../state/unavailable.ts";
import { agentChanged } from "./agent-changed.ts";
import { buildChanged } from "./build-changed.ts";
import { checkRequested } from "./github/check-requested.ts";
import { commentCreated } from "./github/comment-created.ts";
import { commitsPushed } from "./github/commits-pushed.ts";
import { installationChanged } from "./github/installation-changed.ts";
import { pullChanged } from "./github/pull-changed.ts";
import { reviewChanged } from "./github/review-changed.ts";
import { jobChanged } from "./job-changed.ts";

export interface Recorders {
  readonly clock: Clock;
  readonly builds: Builds;
  readonly agents: Agents;
  readonly marks: Marks;
  readonly pulls: Pulls;
  readonly comments: Comments;
  readonly checkRequests: CheckRequests;
  readonly reports: Pick<Reports, "ofCommit">;
  readonly triggers: Triggers;
}

type Handler<E extends Event> = (event: E, recorders: Recorders) => Promise<void>;

const handlers: { readonly [K in Event["kind"]]: Handler<EventOf<K>> } = {
  "build.changed": buildChanged,
  "job.changed": jobChanged,
  "agent.changed": agentChanged,
  "pull.changed": pullChanged,
  "review.changed": reviewChanged,
  "comment.created": commentCreated,
  "check.requested": checkRequested,
  "commits.pushed": commitsPushed,
  "installation.changed": installationChanged,
};

/**
 * Returns when the event's facts and triggers are in Redis.
 * @throws StoreUnavailable when they are not, or not all: the sender must come again, which does no harm.
 */
export async function record(event: Event, recorders: Recorders): Promise<void> {
  try {
    await dispatch(event, recorders);
  } catch (error) {
    throw new StoreUnavailable("Cannot record the event: Redis did not take it", { cause: error });
  }
}

function dispatch<K extends Event["kind"]>(event: EventOf<K>, recorders: Recorders): Promise<void> {
  const handler: Handler<EventOf<K>> = handlers[event.kind as K];
  return handler(event, recorders);
}
