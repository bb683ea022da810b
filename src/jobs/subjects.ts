/** The subjects that jobs work on, by job kind, and how they are spelled in Redis. */
import { z } from "zod";
import { AlertId, type BranchRef, type BuildRef, MuteId, Organization, Pipeline } from "../domain/ids.ts";
import type { Ending } from "../domain/outcome.ts";
import { endings } from "../domain/outcome.ts";
import type { Mark } from "../state/marks.ts";

export interface AlertRef {
  readonly organization: Organization;
  readonly alert: AlertId;
}

export interface MuteRef {
  readonly organization: Organization;
  readonly mute: MuteId;
}

export interface FollowUpRef extends BuildRef {
  readonly ending: Ending;
}

export interface Subjects {
  readonly evaluateBuild: BuildRef;
  readonly fetchBuild: BuildRef;
  readonly evaluateBranch: BranchRef;
  readonly answerPerson: AlertRef;
  readonly rerun: AlertRef;
  readonly applyMute: MuteRef;
  readonly postAlert: AlertRef;
  readonly syncAlert: AlertRef;
  readonly fetchLog: AlertRef;
  readonly remind: AlertRef;
  readonly followUp: FollowUpRef;
}
export type JobKind = keyof Subjects;

export interface Codec<S> {
  readonly parts: (subject: S) => readonly (string | number)[];
  readonly parse: (organization: Organization, parts: readonly string[]) => S;
}

const BuildNumber = z.coerce.number().int().positive();

const buildCodec: Codec<BuildRef> = {
  parts: ({ pipeline, number }) => [pipeline, number],
  parse: (organization, [pipeline, number]) => ({
    organization,
    pipeline: Pipeline.parse(pipeline),
    number: BuildNumber.parse(number),
  }),
};
const alertCodec: Codec<AlertRef> = {
  parts: ({ alert }) => [alert],
  parse: (organization, [alert]) => ({ organization, alert: AlertId.parse(alert) }),
};

export const codecs: { readonly [K in JobKind]: Codec<Subjects[K]> } = {
  evaluateBuild: buildCodec,
  fetchBuild: buildCodec,
  evaluateBranch: {
    parts: ({ pipeline, branch }) => [pipeline, branch],
    parse: (organization, [pipeline, branch = ""]) => ({ organization, pipeline: Pipeline.parse(pipeline), branch }),
  },
  answerPerson: alertCodec,
  rerun: alertCodec,
  applyMute: {
    parts: ({ mute }) => [mute],
    parse: (organization, [mute]) => ({ organization, mute: MuteId.parse(mute) }),
  },
  postAlert: alertCodec,
  syncAlert: alertCodec,
  fetchLog: alertCodec,
  remind: alertCodec,
  followUp: {
    parts: ({ pipeline, number, ending }) => [pipeline, number, ending],
    parse: (organization, parts) => {
      const ending = endings.find((name) => name === parts[2]);
      if (ending === undefined) throw new Error("Cannot read a follow-up subject: unknown ending");
      return { ...buildCodec.parse(organization, parts), ending };
    },
  },
};

export function spell<K extends JobKind>(kind: K, subject: Subjects[K]): string {
  return [kind, ...codecs[kind].parts(subject)].map(encodeURIComponent).join("|");
}

/** The same subject as another kind of job sees it. */
export function inKind(subject: string, kind: JobKind): string {
  return [kind, ...subject.split("|").slice(1)].join("|");
}

export function markOf<K extends JobKind>(kind: K, subject: Subjects[K]): Mark {
  return { organization: subject.organization, subject: spell(kind, subject) };
}

/** @returns null when no such job exists (any more): left behind by another version. */
export function kindOf(subject: string): JobKind | null {
  const kind = subject.split("|", 1)[0] ?? "";
  return subject.includes("|") && Object.hasOwn(codecs, kind) ? (kind as JobKind) : null;
}

export function partsOf(subject: string): string[] {
  return subject.split("|").slice(1).map(decodeURIComponent);
}

/** One string that names the mark anywhere: in a trigger, on the operator's command line. */
export function markId({ organization, subject }: Mark): string {
  return `${organization}|${subject}`;
}

export function markFromId(id: string): Mark {
  const cut = id.indexOf("|");
  return { organization: Organization.parse(id.slice(0, Math.max(cut, 0))), subject: id.slice(cut + 1) };
}
