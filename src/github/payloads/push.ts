/** Pushes to branches. */
import type { EventOf, Ignored } from "../../domain/event.ts";
import { type Malformed, mustBe, mustBeWord } from "../../malformed.ts";
import { type Body, isWord, toBody, toName } from "../../values.ts";
import { ignored, isCommit, limits, toRepositoryRef } from "./parts.ts";

const prefix = "refs/heads/";

export function readPush(body: Body): EventOf<"commits.pushed"> | Ignored | Malformed {
  const { ref } = body;
  if (!isWord(ref)) return mustBeWord("ref", ref);
  if (!ref.startsWith(prefix) || ref === prefix) return ignored("a tag, not a branch");
  if (body.deleted === true) return ignored("a branch that was deleted");
  const repository = toRepositoryRef(body.repository);
  if (repository === null) return mustBe("repository.full_name", "owner/name");
  if (!isCommit(body.after)) return mustBe("after", "a commit");
  const branch = ref.slice(prefix.length);
  return {
    kind: "commits.pushed",
    push: {
      repository,
      branch: toName(branch, limits.name),
      head: body.after,
      isDefaultBranch: branch === toBody(body.repository)?.default_branch,
    },
  };
}
