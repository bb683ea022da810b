/** The one comment on a pull request that tells of its builds, known by its first line. */
import type { Instant } from "../clock.ts";
import type { PullRef } from "../domain/pull.ts";
import type { SlotRef } from "../state/slots.ts";
import type { GithubClient } from "./client.ts";
import { createComment, findComment } from "./comment-calls.ts";
import type { Thing } from "./keeper.ts";
import { type PullComment, pullMarker } from "./messages/pull-comment.ts";

const path = "/repos/{owner}/{repo}/issues/comments/{comment_id}";

export function commentSlot({ organization, repository, number }: PullRef): SlotRef {
  return { organization, name: `pull-comment/${repository}/${number}` };
}

export function commentThing(
  pull: PullRef,
  { body, failed, stage, settled }: PullComment,
  readAt: Instant,
  github: GithubClient,
): Thing {
  return {
    slot: commentSlot(pull),
    version: readAt,
    content: body,
    memory: JSON.stringify(failed),
    stage,
    settled,
    // Cheap, for it is asked once: and who reads two comments does not know which one is true.
    alwaysLook: true,

    async find() {
      return spelled(await findComment(pull, pullMarker, 0, github));
    },

    async create() {
      return spelled(await createComment(pull, body, github));
    },

    async edit({ id }) {
      const request = { name: "issues.updateComment", method: "PATCH", path } as const;
      const answer = await github.call(pull, { ...request, parameters: { comment_id: id, body } });
      return answer === null ? "nowhere" : "edited";
    },

    async remove(id) {
      const request = { name: "issues.deleteComment", method: "DELETE", path, expected: [403, 404, 410] } as const;
      await github.call(pull, { ...request, parameters: { comment_id: id } });
    },
  };
}

function spelled(id: number | null): string | null {
  return id === null ? null : String(id);
}
