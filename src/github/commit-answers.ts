/**
 * Commits and their pull requests as GitHub's APIs tell of them. Tolerant: what cannot be read is missing, so that one
 * odd commit does not hide the others.
 */
import { z } from "zod";
import type { Person } from "../domain/build.ts";
import type { AssociatedPull, CommitFacts } from "../domain/changes.ts";

const sha = z.string().regex(/^[0-9a-f]{40}$/);
const number = z.number().int().positive();
const text = z.string().nullish().catch(null);

/** REST says `renovate[bot]` and `type`, GraphQL `renovate` and `__typename`. */
const account = z
  .object({ login: z.string(), type: text, __typename: text, name: text })
  .transform(({ login, type, __typename, name }): Person => {
    const isBot = (type ?? __typename) === "Bot" && !login.endsWith("[bot]");
    return { name: name ?? null, email: null, username: isBot ? `${login}[bot]` : login };
  })
  .nullish()
  .catch(null);
const signature = z.object({ name: text, email: text }).nullish().catch(null);
const time = z
  .string()
  .transform((value) => Date.parse(value))
  .pipe(z.number())
  .nullish()
  .catch(null);

const CommitAnswer = z
  .object({
    sha,
    parents: z.array(z.object({ sha })).catch([]),
    commit: z.object({ message: z.string().catch(""), author: signature, committer: signature }),
    author: account,
    committer: account,
  })
  .transform(
    ({ sha: hash, parents, commit, author, committer }): CommitFacts => ({
      sha: hash,
      parents: parents.map((parent) => parent.sha),
      message: commit.message,
      author: signedBy(commit.author, author),
      committer: signedBy(commit.committer, committer),
      pulls: null,
    }),
  );

/** A commit is signed with a name and an address; GitHub adds the account that the address belongs to. */
function signedBy(signed: z.infer<typeof signature>, known: Person | null | undefined): Person | null {
  const person = { name: signed?.name ?? null, email: signed?.email ?? null, username: known?.username ?? null };
  return Object.values(person).every((value) => value === null) ? null : person;
}

const files = readable(z.object({ filename: z.string().min(1).max(300) }));

export const CompareAnswer = z.object({
  total_commits: z.number().int().nonnegative(),
  commits: readable(CommitAnswer),
  files: files.optional().default([]),
});

export const SingleCommitAnswer = z.intersection(CommitAnswer, z.object({ files: files.optional().default([]) }));

export const PullsAnswer = readable(
  z
    .object({
      number,
      title: z.string().catch(""),
      merged_at: time,
      merge_commit_sha: text,
      base: z.object({ ref: z.string() }),
      user: account,
      merged_by: account,
    })
    .transform(
      (pull): AssociatedPull => ({
        number: pull.number,
        title: pull.title,
        base: pull.base.ref,
        mergedAt: pull.merged_at ?? null,
        mergeCommit: pull.merge_commit_sha ?? null,
        author: pull.user ?? null,
        mergedBy: pull.merged_by ?? null,
      }),
    ),
);

const PullNode = z
  .object({
    number,
    title: z.string().catch(""),
    mergedAt: time,
    baseRefName: z.string(),
    mergeCommit: z.object({ oid: z.string() }).nullish().catch(null),
    author: account,
    mergedBy: account,
  })
  .transform(
    (pull): AssociatedPull => ({
      number: pull.number,
      title: pull.title,
      base: pull.baseRefName,
      mergedAt: pull.mergedAt ?? null,
      mergeCommit: pull.mergeCommit?.oid ?? null,
      author: pull.author ?? null,
      mergedBy: pull.mergedBy ?? null,
    }),
  );

/** By alias. null: GitHub does not know the commit. */
export const PullsOfCommits = z.object({
  repository: z.record(
    z.string(),
    z
      .object({ associatedPullRequests: z.object({ nodes: readable(PullNode) }) })
      .nullish()
      .catch(null),
  ),
});

/** A list of which what cannot be read is left out. */
function readable<T extends z.ZodType>(item: T) {
  return z.array(z.unknown()).transform((items): z.output<T>[] =>
    items.flatMap((value) => {
      const read = item.safeParse(value);
      return read.success ? [read.data] : [];
    }),
  );
}
