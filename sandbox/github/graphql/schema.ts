/** The part of GitHub's GraphQL schema that tells whose commits are whose. */
import type { Account } from "../accounts.ts";
import { associatedPulls } from "../api-commits.ts";
import type { Commit, Signature } from "../git.ts";
import { nodeId } from "../ids.ts";
import { association, htmlUrl, time, timeOrNull } from "../json.ts";
import type { Pull } from "../pull.ts";
import { findRef } from "../refs.ts";
import type { Repository } from "../repository.ts";
import { coAuthors } from "./co-authors.ts";
import { type Context, connection, edge, FieldProblem, Fields, type ObjectType, type Schema } from "./types.ts";

/** A commit where it was asked for: what belongs to it depends on the repository. */
interface HomedCommit {
  readonly repository: Repository;
  readonly commit: Commit;
}

interface HomedSignature {
  readonly repository: Repository;
  readonly signature: Signature;
}

const query = new Fields<null>()
  .one("repository", "Repository", (_source, given, context) => repositoryOf(given, context), {
    arguments: ["owner", "name", "followRenames"],
  })
  .one("rateLimit", "RateLimit", () => ({}));

function repositoryOf({ owner, name }: Readonly<Record<string, unknown>>, { world, sees }: Context): Repository {
  const found = world.findRepository(`${owner}/${name}`);
  if (found !== undefined && sees(found)) return found;
  throw new FieldProblem("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
}

const repository = new Fields<Repository>()
  .plain("id", ({ id }) => nodeId("Repository", id))
  .plain("databaseId", ({ id }) => id)
  .plain("name", ({ name }) => name)
  .plain("nameWithOwner", ({ fullName }) => fullName)
  .plain("isPrivate", (source) => source.private)
  .plain("isFork", ({ parent }) => parent !== null)
  .plain("url", ({ fullName }) => `${htmlUrl}/${fullName}`)
  .one("owner", "Actor", ({ owner }) => owner)
  .one("defaultBranchRef", "Ref", (source) => refOf(source, source.defaultBranch))
  .one("ref", "Ref", (source, { qualifiedName }) => refOf(source, String(qualifiedName)), {
    arguments: ["qualifiedName"],
    needs: "contents:read",
  })
  .one("object", "GitObject", objectOf, { arguments: ["oid", "expression"], needs: "contents:read" })
  .one("pullRequest", "PullRequest", (source, { number }) => pullOf(source, Number(number)), {
    arguments: ["number"],
    needs: "pull_requests:read",
  });

function refOf(source: Repository, qualified: string): object | null {
  const name = qualified.replace(/^refs\/heads\//, "");
  const sha = source.branches.get(name);
  return sha === undefined ? null : { name, target: { repository: source, commit: source.git.get(sha) } };
}

function objectOf(source: Repository, { oid, expression }: Readonly<Record<string, unknown>>): HomedCommit | null {
  if (oid !== undefined && !/^[0-9a-f]{40}$/.test(String(oid))) {
    throw new FieldProblem(
      "argumentLiteralsIncompatible",
      `Argument 'oid' on Field 'object' has an invalid value (${JSON.stringify(oid)}). Expected type 'GitObjectID'.`,
    );
  }
  const commit = findRef(source, String(oid ?? expression));
  return commit === undefined ? null : { repository: source, commit };
}

function pullOf(source: Repository, number: number): Pull {
  const found = source.findPull(number);
  if (found === undefined) {
    throw new FieldProblem("NOT_FOUND", `Could not resolve to a PullRequest with the number of ${number}.`);
  }
  return found;
}

const ref = new Fields<{ readonly name: string; readonly target: HomedCommit }>()
  .plain("name", ({ name }) => name)
  .one("target", "GitObject", ({ target }) => target);

const commit = new Fields<HomedCommit>()
  .plain("id", (source) => nodeId("Commit", source.commit.sha))
  .plain("oid", (source) => source.commit.sha)
  .plain("abbreviatedOid", (source) => source.commit.sha.slice(0, 7))
  .plain("message", (source) => source.commit.message)
  .plain("messageHeadline", (source) => source.commit.message.split("\n", 1)[0])
  .plain("messageBody", (source) => source.commit.message.split("\n").slice(1).join("\n").trim())
  .plain("committedDate", (source) => time(source.commit.committer.at))
  .plain("authoredDate", (source) => time(source.commit.author.at))
  .plain("url", (source) => `${htmlUrl}/${source.repository.fullName}/commit/${source.commit.sha}`)
  .one("author", "GitActor", (source) => ({ repository: source.repository, signature: source.commit.author }))
  .one("committer", "GitActor", (source) => ({ repository: source.repository, signature: source.commit.committer }))
  .many("authors", "GitActor", (source) =>
    [source.commit.author, ...coAuthors(source.repository, source.commit)].map((signature) => ({
      repository: source.repository,
      signature,
    })),
  )
  .many("parents", "Commit", (source) =>
    source.commit.parents.map((sha) => ({ repository: source.repository, commit: source.repository.git.get(sha) })),
  )
  .many("history", "Commit", (source) =>
    source.repository.git
      .range(null, source.commit.sha)
      .reverse()
      .map((each) => ({ repository: source.repository, commit: each })),
  )
  .many("associatedPullRequests", "PullRequest", (source) => associatedPulls(source.repository, source.commit), {
    needs: "pull_requests:read",
  });

const gitActor = new Fields<HomedSignature>()
  .plain("name", ({ signature }) => signature.name)
  .plain("email", ({ signature }) => signature.email)
  .plain("date", ({ signature }) => time(signature.at))
  .one("user", "User", ({ repository: { world }, signature: { login } }) => {
    const account = login === null ? undefined : world.accounts.find(login);
    // An app is no user.
    return account?.type === "User" ? account : null;
  });

const pull = new Fields<Pull>()
  .plain("id", ({ id }) => nodeId("PullRequest", id))
  .plain("databaseId", ({ id }) => id)
  .plain("fullDatabaseId", ({ id }) => String(id))
  .plain("number", ({ number }) => number)
  .plain("title", ({ title }) => title)
  .plain("body", ({ body }) => body ?? "")
  .plain("url", ({ url }) => url)
  .plain("permalink", ({ url }) => url)
  .plain("state", ({ state, merge }) => (merge === null ? state.toUpperCase() : "MERGED"))
  .plain("closed", ({ state }) => state === "closed")
  .plain("merged", ({ merge }) => merge !== null)
  .plain("isDraft", ({ draft }) => draft)
  .plain("isCrossRepository", (source) => source.headRepository !== source.repository)
  .plain("createdAt", ({ createdAt }) => time(createdAt))
  .plain("updatedAt", ({ updatedAt }) => time(updatedAt))
  .plain("closedAt", ({ closedAt }) => timeOrNull(closedAt))
  .plain("mergedAt", ({ merge }) => timeOrNull(merge?.at ?? null))
  .plain("baseRefName", ({ baseBranch }) => baseBranch)
  .plain("baseRefOid", ({ baseSha }) => baseSha)
  .plain("headRefName", ({ headBranch }) => headBranch)
  .plain("headRefOid", ({ headSha }) => headSha)
  .plain("authorAssociation", (source) => association(source.repository, source.author))
  .one("author", "Actor", ({ author }) => (author.login === "ghost" ? null : author))
  .one("mergedBy", "Actor", ({ merge }) => merge?.by ?? null)
  .one("mergeCommit", "Commit", ({ merge, repository: home }) =>
    merge === null ? null : { repository: home, commit: home.git.get(merge.commit) },
  )
  .one("repository", "Repository", (source) => source.repository)
  .one("baseRepository", "Repository", (source) => source.repository)
  .one("headRepository", "Repository", (source) => source.headRepository)
  .many("labels", "Label", ({ labels }) => [...labels].map((name) => ({ name })));

const label = new Fields<{ readonly name: string }>().plain("name", ({ name }) => name);

const actor = new Fields<Account>()
  .plain("id", ({ type, id }) => nodeId(type, id))
  // Here, and only here, the login of an app's user ends without `[bot]`.
  .plain("login", ({ login }) => login.replace(/\[bot\]$/, ""))
  .plain("url", ({ login }) => `${htmlUrl}/${login}`)
  .plain("avatarUrl", ({ id }) => `https://avatars.githubusercontent.com/u/${id}?v=4`);

const bot = new Fields<Account>().plain("databaseId", ({ id }) => id);
const user = new Fields<Account>()
  .plain("databaseId", ({ id }) => id)
  .plain("name", ({ name }) => name)
  .plain("email", () => "");

const pageInfo = new Fields<Readonly<Record<string, unknown>>>();
for (const name of ["hasNextPage", "hasPreviousPage", "endCursor"]) pageInfo.plain(name, (source) => source[name]);

const rateLimit = new Fields<object>().plain("cost", () => 1).plain("limit", () => 5000);

function object(...parts: readonly Pick<ObjectType, "fields">[]): ObjectType {
  return { fields: Object.assign({}, ...parts.map(({ fields }) => fields)), typeOf: null };
}

const lists = ["Commit", "GitActor", "PullRequest", "Label"] as const;

export const schema: Schema = {
  Query: object(query),
  Repository: object(repository),
  Ref: object(ref),
  GitObject: { ...object(commit), typeOf: () => "Commit", types: ["Commit"] },
  Commit: object(commit),
  GitActor: object(gitActor),
  PullRequest: object(pull),
  Label: object(label),
  Actor: {
    ...object(actor),
    typeOf: (source) => (source as Account).type,
    types: ["User", "Bot", "Organization"],
  },
  User: object(actor, user),
  Bot: object(actor, bot),
  Organization: object(actor, user),
  PageInfo: object(pageInfo),
  RateLimit: object(rateLimit),
  ...Object.fromEntries(lists.map((type) => [`${type}Connection`, connection(type)])),
  ...Object.fromEntries(lists.map((type) => [`${type}Edge`, edge(type)])),
};
