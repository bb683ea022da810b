/** What people ask for at our own check runs: GitHub's "Re-run" buttons, and the buttons that we offer. */
import type { CheckRequest, EventOf, Ignored } from "../../domain/event.ts";
import { type Malformed, mustBe } from "../../malformed.ts";
import { type Body, toBody, toLine } from "../../values.ts";
import { ignored, isCommit, limits, toAccount, toRepositoryRef } from "./parts.ts";

/** What a delivery has beside its body. */
export interface DeliveryContext {
  readonly delivery: string;
  /** Ours: the check runs of other apps are none of our business. */
  readonly appId: number;
}

type Read = EventOf<"check.requested"> | Ignored | Malformed;

export function readCheckRun(body: Body, context: DeliveryContext): Read {
  const { action } = body;
  if (action !== "rerequested" && action !== "requested_action") return ignored("nothing that is asked of a check run");
  const run = toBody(body.check_run);
  if (run === null) return mustBe("check_run", "an object");
  if (toBody(run.app)?.id !== context.appId) return ignored("a check run of another app");
  const wanted = action === "rerequested" ? "rerun" : toBody(body.requested_action)?.identifier;
  if (wanted !== "rerun" && wanted !== "mute") return ignored("a button that no check run of ours has");
  const externalId = toLine(run.external_id, limits.externalId);
  if (externalId === null) return ignored("a check run that names no build");
  return readRequest(body, context, { what: wanted, commit: run.head_sha, field: "check_run.head_sha", externalId });
}

export function readCheckSuite(body: Body, context: DeliveryContext): Read {
  if (body.action !== "rerequested") return ignored("nothing that is asked of a check suite");
  const suite = toBody(body.check_suite);
  if (suite === null) return mustBe("check_suite", "an object");
  if (toBody(suite.app)?.id !== context.appId) return ignored("a check suite of another app");
  const about = { commit: suite.head_sha, field: "check_suite.head_sha", externalId: null } as const;
  return readRequest(body, context, { what: "rerunSuite", ...about });
}

interface About {
  readonly what: CheckRequest["what"];
  readonly commit: unknown;
  readonly field: string;
  readonly externalId: string | null;
}

function readRequest(body: Body, { delivery }: DeliveryContext, { what, commit, field, externalId }: About): Read {
  const repository = toRepositoryRef(body.repository);
  if (repository === null) return mustBe("repository.full_name", "owner/name");
  if (!isCommit(commit)) return mustBe(field, "a commit");
  const by = toAccount(body.sender);
  if (by === null) return mustBe("sender.login", "an account");
  return { kind: "check.requested", request: { repository, what, commit, externalId, by, delivery } };
}
