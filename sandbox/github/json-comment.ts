/** Comments and reactions. */
import type { Comment, Reaction } from "./comments.ts";
import { nodeId } from "./ids.ts";
import { accountJson, appJson, association, repositoryUrl, time } from "./json.ts";
import { issueJson, reactionsJson } from "./json-pull.ts";

export function commentJson(comment: Comment) {
  const { id, thread, user, body } = comment;
  const { repository, number } = thread;
  const url = `${repositoryUrl(repository)}/issues/comments/${id}`;
  const { app, clock } = repository.world;
  return {
    url,
    html_url: `${issueJson(thread).html_url}#issuecomment-${id}`,
    issue_url: `${repositoryUrl(repository)}/issues/${number}`,
    id,
    node_id: nodeId("IssueComment", id),
    user: accountJson(user),
    created_at: time(comment.createdAt),
    updated_at: time(comment.updatedAt),
    author_association: association(repository, user),
    body,
    reactions: reactionsJson(
      url,
      comment.reactions.map(({ content }) => content),
    ),
    performed_via_github_app: comment.viaApp ? appJson(app, clock.now()) : null,
  };
}

export function reactionJson({ id, user, content, createdAt }: Reaction) {
  return { id, node_id: nodeId("Reaction", id), user: accountJson(user), content, created_at: time(createdAt) };
}
