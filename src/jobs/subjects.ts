/** The subjects that jobs work on, by job kind, and how they are spelled in Redis. */
import { z } from "zod";
import { AlertId, type BranchRef, type BuildRef, MuteId, Organization, Pipeline } from "../domain/ids.ts";
import type { Ending } from "../domain/outcome.ts";
import { endings } from "../domain/outcome.ts";
import { type PullRef, RepositoryName, type RepositoryRef } from "../domain/pull.ts";
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

/** An owner of repositories on GitHub. */
export interface OwnerRef {
  readonly organization: Organization;
}

/** A commit whose `.github/signalbox.yml` is to be checked. */
export interface PolicyCheckRef extends RepositoryRef {
  readonly commit: string;
}

export interface CommentRef extends PullRef {
  readonly comment: number;
}

/** A build that somebody on GitHub wants to run again; `request` tells one wish from the next. */
export interface RerunRef extends BuildRef {
  readonly request: string;
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
  readonly readInstallation: OwnerRef;
  readonly fetchPull: PullRef;
  readonly readRepositoryPolicy: RepositoryRef;
  readonly checkRepositoryPolicy: PolicyCheckRef;
  readonly answerComment: CommentRef;
  readonly rerunBuild: RerunRef;
  readonly reportBuild: BuildRef;
  readonly commentOnPull: PullRef;
  /** One for the whole app: its organization is always `githubApp`. */
  readonly redeliver: OwnerRef;
}
export type JobKind = keyof Subjects;

export interface Codec<S> {
  readonly parts: (subject: S) => readonly (string | number)[];
  readonly parse: (organization: Organization, parts: readonly string[]) => S;
}

const Commit = z.string().regex(/^[0-9a-f]{40}$/);
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

const ownerCodec: Codec<OwnerRef> = { parts: () => ["app"], parse: (organization) => ({ organization }) };
const repositoryCodec: Codec<RepositoryRef> = {
  parts: ({ repository }) => [repository],
  parse: (organization, [repository]) => ({ organization, repository: RepositoryName.parse(repository) }),
};
const pullCodec: Codec<PullRef> = {
  parts: ({ repository, number }) => [repository, number],
  parse: (organization, [repository, number]) => ({
    organization,
    repository: RepositoryName.parse(repository),
    number: BuildNumber.parse(number),
  }),
};

/** Where what is about the app itself is kept, and about no owner. */
export const githubApp: OwnerRef = { organization: Organization.parse("github") };

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
  readInstallation: ownerCodec,
  fetchPull: pullCodec,
  readRepositoryPolicy: repositoryCodec,
  checkRepositoryPolicy: {
    parts: ({ repository, commit }) => [repository, commit],
    parse: (organization, parts) => ({ ...repositoryCodec.parse(organization, parts), commit: Commit.parse(parts[1]) }),
  },
  answerComment: {
    parts: ({ repository, number, comment }) => [repository, number, comment],
    parse: (organization, parts) => ({
      ...pullCodec.parse(organization, parts),
      comment: BuildNumber.parse(parts[2]),
    }),
  },
  rerunBuild: {
    parts: ({ pipeline, number, request }) => [pipeline, number, request],
    parse: (organization, parts) => ({ ...buildCodec.parse(organization, parts), request: parts[2] ?? "" }),
  },
  reportBuild: buildCodec,
  commentOnPull: pullCodec,
  redeliver: ownerCodec,
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
