/** Comments on issues and pull requests, and reactions to them. */
import { z } from "zod";
import type { HttpAnswer } from "../http.ts";
import { failure, invalid, notFound, paged, parseJson, type RepositoryCall, type Route } from "./api-call.ts";
import { type Comment, reactionContents } from "./comments.ts";
import { commentJson, reactionJson } from "./json-comment.ts";

const issues = "/repos/:owner/:repo/issues" as const;
const read = ["issues:read", "pull_requests:read"] as const;
const write = ["issues:write", "pull_requests:write"] as const;

export const commentRoutes: readonly Route[] = [
  { name: "issues.listComments", path: `GET ${issues}/:number/comments`, as: read, handle: list },
  { name: "issues.createComment", path: `POST ${issues}/:number/comments`, as: write, handle: create },
  { name: "issues.getComment", path: `GET ${issues}/comments/:id`, as: read, handle: withComment(get) },
  { name: "issues.updateComment", path: `PATCH ${issues}/comments/:id`, as: write, handle: withComment(update) },
  { name: "issues.deleteComment", path: `DELETE ${issues}/comments/:id`, as: write, handle: withComment(remove) },
  {
    name: "reactions.listForIssueComment",
    path: `GET ${issues}/comments/:id/reactions`,
    as: read,
    handle: withComment(listReactions),
  },
  {
    name: "reactions.createForIssueComment",
    path: `POST ${issues}/comments/:id/reactions`,
    as: write,
    handle: withComment(react),
  },
];

function withComment(
  handle: (call: RepositoryCall, comment: Comment) => HttpAnswer,
): (call: RepositoryCall) => HttpAnswer {
  return (call) => {
    const comment = call.repository.comments.find(Number(call.params.id));
    return comment === undefined ? notFound() : handle(call, comment);
  };
}

/** Oldest first, whatever the sort: GitHub sorts by the id here. */
function list(call: RepositoryCall): HttpAnswer {
  const thread = call.repository.findThread(Number(call.params.number));
  if (thread === undefined) return notFound();
  const since = Date.parse(call.request.query.get("since") ?? "1970-01-01");
  const found = call.repository.comments.of(thread).filter(({ updatedAt }) => updatedAt >= since);
  return paged(call, found, (page) => page.map(commentJson));
}

const limit = 65_536;
const Written = z.object({ body: z.string() });

function bodyOf(call: RepositoryCall): string | HttpAnswer {
  const json = parseJson(call.request.body);
  if (json === undefined) return failure(400, "Problems parsing JSON");
  const parsed = Written.safeParse(json);
  if (!parsed.success) return invalid(parsed.error.issues);
  const { body } = parsed.data;
  const refuse = (code: string, message: string) =>
    failure(422, "Validation Failed", "issues/comments", [{ resource: "IssueComment", code, field: "data", message }]);
  if (body.trim() === "") return refuse("unprocessable", "Body cannot be blank");
  if ([...body].length > limit) return refuse("unprocessable", `Body is too long (maximum is ${limit} characters)`);
  return body;
}

function create(call: RepositoryCall): HttpAnswer {
  const { repository, world, params } = call;
  const thread = repository.findThread(Number(params.number));
  if (thread === undefined) return notFound();
  const body = bodyOf(call);
  if (typeof body !== "string") return body;
  const comment = repository.comments.create(thread, world.app.bot, body, true);
  return { status: 201, body: commentJson(comment) };
}

function get(_call: RepositoryCall, comment: Comment): HttpAnswer {
  return { status: 200, body: commentJson(comment) };
}

function update(call: RepositoryCall, comment: Comment): HttpAnswer {
  const body = bodyOf(call);
  if (typeof body !== "string") return body;
  call.repository.comments.edit(comment, body, call.world.app.bot);
  return { status: 200, body: commentJson(comment) };
}

function remove(call: RepositoryCall, comment: Comment): HttpAnswer {
  call.repository.comments.delete(comment, call.world.app.bot);
  return { status: 204 };
}

function listReactions(call: RepositoryCall, comment: Comment): HttpAnswer {
  return paged(call, comment.reactions, (page) => page.map(reactionJson));
}

const NewReaction = z.object({ content: z.enum(reactionContents) });

/** 200 when it was there already. */
function react({ repository, world, request }: RepositoryCall, comment: Comment): HttpAnswer {
  const parsed = NewReaction.safeParse(parseJson(request.body));
  if (!parsed.success) return invalid(parsed.error.issues);
  const { reaction, isNew } = repository.comments.react(comment, world.app.bot, parsed.data.content);
  return { status: isNew ? 201 : 200, body: reactionJson(reaction) };
}
