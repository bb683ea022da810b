/** From the raw body of a GitHub webhook to one of our events. The event's name comes in a header, and is not signed. */
import type { GithubEvent, Ignored } from "../domain/event.ts";
import { type DeliveryContext, readCheckRun, readCheckSuite } from "../github/payloads/check.ts";
import { readComment } from "../github/payloads/comment.ts";
import { readInstallation, readRename, readRepositoryChange } from "../github/payloads/installation.ts";
import { ignored } from "../github/payloads/parts.ts";
import { readPull } from "../github/payloads/pull.ts";
import { readPush } from "../github/payloads/push.ts";
import { readReview } from "../github/payloads/review.ts";
import { type Malformed, malformed } from "../malformed.ts";
import { type Body, toBody } from "../values.ts";
import { parseJson } from "./json.ts";

export type GithubOutcome = GithubEvent | Ignored | Malformed;

type Read = (body: Body, context: DeliveryContext) => GithubOutcome;

/** What `app.yml` subscribes to, or GitHub sends to every app. */
const readers: ReadonlyMap<string, Read> = new Map<string, Read>([
  ["ping", () => ignored("ping")],
  ["pull_request", pullChanged],
  ["pull_request_review", readReview],
  ["issue_comment", readComment],
  ["check_run", readCheckRun],
  ["check_suite", readCheckSuite],
  ["push", readPush],
  ["installation", readInstallation],
  ["installation_repositories", readInstallation],
  ["installation_target", readRename("account")],
  ["organization", readRename("organization")],
  ["repository", readRepositoryChange],
]);

/** The names of the events that become facts. */
export const readEvents: readonly string[] = [...readers.keys()];

/** @param name Of the event, as the header has it. */
export function readGithubDelivery(raw: Buffer, name: string, context: DeliveryContext): GithubOutcome {
  const body = toBody(parseJson(raw));
  if (body === null) {
    return malformed("the body must be a JSON object in UTF-8; set its content type to application/json.");
  }
  const read = readers.get(name);
  return read === undefined ? ignored(`unknown event ${name}`) : read(body, context);
}

function pullChanged(body: Body): GithubOutcome {
  const pull = readPull(body.pull_request);
  return "problem" in pull ? pull : { kind: "pull.changed", pull };
}
