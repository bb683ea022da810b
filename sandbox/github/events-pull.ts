import type { Account } from "./accounts.ts";
import { context } from "./events.ts";
import { labelJson, pullBrief, pullJson, reviewJson } from "./json-pull.ts";
import type { Pull, PullAction, Review } from "./pull.ts";

export function pullEvent(pull: Pull, action: PullAction, by: Account, more: object): object {
  const label = "label" in more ? { label: labelJson(pull.repository, String(more.label)) } : {};
  return {
    action,
    number: pull.number,
    pull_request: pullJson(pull),
    ...more,
    ...label,
    ...context(pull.repository, by),
  };
}

export function reviewEvent(pull: Pull, action: "submitted" | "dismissed", review: Review, by: Account): object {
  return {
    action,
    review: reviewJson(pull, review, "webhook"),
    pull_request: pullBrief(pull),
    ...context(pull.repository, by),
  };
}
