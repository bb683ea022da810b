/**
 * A pull request, as webhooks and answers of the API write it. Required is what names it, orders its snapshots and says
 * where it stands; everything else reads as null or empty when it is not what it should be.
 */
import { fullNameOf, type PullSnapshot, type RepositoryRef } from "../../domain/pull.ts";
import { type Malformed, mustBe, mustBeWord } from "../../malformed.ts";
import { isWord, toBody, toInstant, toLine, toName, toPositiveInteger } from "../../values.ts";
import { isCommit, limits, toAccount, toCommit, toRepositoryRef } from "./parts.ts";

export function readPull(value: unknown): PullSnapshot | Malformed {
  const pull = toBody(value);
  if (pull === null) return mustBe("pull_request", "an object");
  const base = readSide("base", pull.base);
  if ("problem" in base) return base;
  const head = readSide("head", pull.head);
  if ("problem" in head) return head;
  if (base.repository === null) return mustBe("pull_request.base.repo.full_name", "owner/name");
  const number = toPositiveInteger(pull.number);
  if (number === null) return mustBe("pull_request.number", "a positive whole number");
  const { state } = pull;
  if (state !== "open" && state !== "closed") return mustBe("pull_request.state", "open or closed");
  const updatedAt = toInstant(pull.updated_at);
  if (updatedAt === null) return mustBe("pull_request.updated_at", "an instant");

  // Pull requests inside other bodies have the time of the merge only.
  const merged = pull.merged === true || toInstant(pull.merged_at) !== null;
  return {
    ...base.repository,
    number,
    updatedAt,
    state: merged ? "closed" : state,
    merged,
    draft: pull.draft === true,
    title: toLine(pull.title, limits.title) ?? "",
    author: toAccount(pull.user),
    mergedBy: merged ? toAccount(pull.merged_by) : null,
    // Before the merge it is the commit of a merge that GitHub only tried.
    mergeCommit: merged ? toCommit(pull.merge_commit_sha) : null,
    head: { sha: head.sha, branch: head.branch, repository: head.repository && fullNameOf(head.repository) },
    base: { sha: base.sha, branch: base.branch },
    labels: toLabels(pull.labels),
  };
}

interface Side {
  readonly sha: string;
  readonly branch: string;
  readonly repository: RepositoryRef | null;
}

function readSide(name: "head" | "base", value: unknown): Side | Malformed {
  const side = toBody(value);
  if (side === null) return mustBe(`pull_request.${name}`, "an object");
  const { sha, ref } = side;
  if (!isCommit(sha)) return mustBe(`pull_request.${name}.sha`, "a commit");
  if (!isWord(ref)) return mustBeWord(`pull_request.${name}.ref`, ref);
  return { sha, branch: toName(ref, limits.name), repository: toRepositoryRef(side.repo) };
}

/** In an order of their own: GitHub's says nothing, and two snapshots must not differ by it. */
function toLabels(value: unknown): string[] {
  if (!Array.isArray(value)) return [];
  const names = value.slice(0, limits.labels).map((label) => toLine(toBody(label)?.name, limits.label));
  return names.filter((name) => name !== null).sort();
}
