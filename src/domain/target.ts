/** What a command is about, as people name it: a number in the last list, an alert, a build, a branch. */
import type { Word } from "./command-text.ts";
import { AlertId, Organization, Pipeline } from "./ids.ts";
import { quoted, type Refusal, refused } from "./refusal.ts";

export type Target =
  /** From 1; of the list that this person was shown last. */
  | { readonly kind: "listed"; readonly number: number }
  | { readonly kind: "alert"; readonly id: AlertId }
  /** The organization is known when an address was given. */
  | {
      readonly kind: "build";
      readonly organization: Organization | null;
      readonly pipeline: Pipeline;
      readonly number: number;
    }
  /** Without a branch: the pipeline's default branch. */
  | { readonly kind: "branch"; readonly pipeline: Pipeline; readonly branch: string | null };

export interface ReadTarget {
  readonly kind: "read";
  readonly target: Target;
  /** The words after it. */
  readonly rest: readonly Word[];
}

const buildAddress =
  /^(?:https?:\/\/)?(?:www\.)?buildkite\.com\/([^/?#]+)\/([^/?#]+)\/builds\/(\d{1,12})(?:[/?#].*)?$/i;
// Narrower than AlertId: "ruby-3" is a pipeline.
const alertName = /^[0-9a-f]{12}-\d{1,12}$/i;

export function readTarget(words: readonly [Word, ...Word[]]): ReadTarget | Refusal {
  const [first, ...rest] = words;
  const single = singleTarget(first);
  if (single?.kind === "refused") return single;
  if (single !== null) return { kind: "read", target: single, rest };
  const pipeline = Pipeline.safeParse(first.text);
  if (!pipeline.success) {
    return refused(
      `${quoted(first.text)} names no alert; write its number in the last list, the address of a build, or pipeline and branch.`,
    );
  }
  const [next, ...others] = rest[0]?.text.toLowerCase() === "on" && rest.length > 1 ? rest.slice(1) : rest;
  if (next === undefined) return read({ kind: "branch", pipeline: pipeline.data, branch: null }, []);
  const number = next.quoted ? null : buildNumber(/^#(\d{1,12})$/.exec(next.text)?.[1]);
  if (number !== null) return read({ kind: "build", organization: null, pipeline: pipeline.data, number }, others);
  return read({ kind: "branch", pipeline: pipeline.data, branch: next.text }, others);
}

function read(target: Target, rest: readonly Word[]): ReadTarget {
  return { kind: "read", target, rest };
}

/** @returns null when the word is not a target by its form alone: it may be a name. */
export function singleTarget({ text, quoted: isName }: Word): Target | Refusal | null {
  if (isName) return null;
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number >= 1 && number <= 10_000) return { kind: "listed", number };
    return refused(
      `${quoted(text)} is not a number of the last list; write shop#${text} for a build of the pipeline shop.`,
    );
  }
  if (/^#\d+$/.test(text)) {
    return refused(
      `${quoted(text)} does not say which pipeline's build; write shop${text}, or its number in the last list.`,
    );
  }
  if (alertName.test(text)) {
    const id = AlertId.safeParse(text.toLowerCase());
    if (id.success) return { kind: "alert", id: id.data };
  }
  if (/^[a-z]+:\/\/|^(?:www\.)?buildkite\.com\//i.test(text)) return addressedBuild(text);
  const numbered = /^([^#]+)#(\d{1,12})$/.exec(text);
  const pipeline = Pipeline.safeParse(numbered?.[1]);
  const number = buildNumber(numbered?.[2]);
  if (!pipeline.success || number === null) return null;
  return { kind: "build", organization: null, pipeline: pipeline.data, number };
}

function addressedBuild(text: string): Target | Refusal {
  const match = buildAddress.exec(text);
  const organization = Organization.safeParse(match?.[1]);
  const pipeline = Pipeline.safeParse(match?.[2]);
  const number = buildNumber(match?.[3]);
  if (!organization.success || !pipeline.success || number === null) {
    return refused(
      `${quoted(text)} is not the address of a build; that looks like https://buildkite.com/acme/shop/builds/12.`,
    );
  }
  return { kind: "build", organization: organization.data, pipeline: pipeline.data, number };
}

function buildNumber(digits: string | undefined): number | null {
  const number = Number(digits);
  return number >= 1 ? number : null;
}
