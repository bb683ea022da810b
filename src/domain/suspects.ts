/**
 * Who may have broken a branch: the pull requests, and commits without one, that came to it between the last green build
 * and the first red one. With a single one there is no doubt; with several nobody is accused, and all are named.
 */
import { z } from "zod";
import type { Person } from "./build.ts";
import { isSamePerson } from "./commit-message.ts";
import { authorsOf } from "./person.ts";

const StoredPerson = z.object({
  name: z.string().nullable(),
  email: z.string().nullable(),
  username: z.string().nullable(),
}) satisfies z.ZodType<Person>;

const common = {
  /** The commit by which it came to the branch. */
  sha: z.string(),
  title: z.string(),
  author: StoredPerson.nullable(),
  coAuthors: z.array(StoredPerson).readonly(),
  /** It takes something back, and may break what relied on that. */
  reverts: z.object({ commit: z.string().nullable(), pull: z.number().nullable() }).nullable(),
};

export const Suspect = z.discriminatedUnion("kind", [
  z.object({ ...common, kind: z.literal("pull"), number: z.number(), mergedBy: StoredPerson.nullable() }),
  /** Pushed without a pull request. */
  z.object({ ...common, kind: z.literal("commit"), committer: StoredPerson.nullable() }),
]);
export type Suspect = z.infer<typeof Suspect>;

const suspects = {
  /** Newest first, at most `mostSuspects`. Empty: the last green build had all that the red one has. */
  list: z.array(Suspect).readonly(),
  /** How many there are, the unlisted ones too. */
  total: z.number(),
  /** There are older commits that nobody has looked at: `total` is "at least". */
  truncated: z.boolean(),
};
const Suspects = z.object(suspects);
export type Suspects = z.infer<typeof Suspects>;

export const mostSuspects = 5;

/** What is known of the suspects of the red stretch that began with `build`. */
export const Suspicion = z.discriminatedUnion("kind", [
  z.object({
    ...suspects,
    kind: z.literal("found"),
    build: z.number(),
    /** The last green build before, and its commit; null when the history does not know one. */
    green: z.number().nullable(),
    base: z.string().nullable(),
    /** The commit of the first red build. */
    head: z.string(),
    /** Paths that changed in between: at most 100. */
    files: z.array(z.string()).readonly(),
  }),
  /** GitHub does not answer now, and is asked again. `since`: when it was asked first. */
  z.object({ kind: z.literal("pending"), build: z.number(), since: z.number(), again: z.number() }),
  /** GitHub does not know the commits, or has not answered for long. */
  z.object({ kind: z.literal("unknown"), build: z.number() }),
]);
export type Suspicion = z.infer<typeof Suspicion>;
export type FoundSuspects = Extract<Suspicion, { kind: "found" }>;

/** Of the stretch that began with this build: what is known of an earlier one says nothing. */
export function foundFor(suspicion: Suspicion | null, build: number): FoundSuspects | null {
  return suspicion?.kind === "found" && suspicion.build === build ? suspicion : null;
}

/** The one that must have done it. */
export function culpritIn({ list, total, truncated }: Suspects): Suspect | null {
  return total === 1 && !truncated ? (list[0] ?? null) : null;
}

/** Who answers for a change: its author or, for a bot's, the person who let it in. */
export function responsibleFor(suspect: Suspect): Person | null {
  const other = suspect.kind === "pull" ? suspect.mergedBy : suspect.committer;
  return authorsOf(suspect.author, other)[0] ?? null;
}

/**
 * Whom an alert may address. Of several suspects nobody, except for whoever wrote the very commit of the first red build,
 * when their change is one of them.
 * @param authors Of that commit, as the build names them.
 */
export function blamed(suspects: Suspects, authors: readonly Person[]): readonly Person[] {
  const culprit = culpritIn(suspects);
  if (culprit !== null) {
    const person = responsibleFor(culprit);
    return person === null ? [] : [person];
  }
  const { list } = suspects;
  const listed = list.flatMap((suspect) => responsibleFor(suspect) ?? []);
  return authors.filter((author) => listed.some((person) => isSamePerson(person, author)));
}
