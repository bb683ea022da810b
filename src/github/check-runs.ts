/**
 * The check run of a pipeline on a commit.
 *
 * GitHub says of a completed run both that it may be updated and that its status and conclusion stay. So what it answers is
 * looked at: when it does not say what was sent, another run of the same name takes over, which is the one that people
 * and branch protection then see. So does one when the annotations that were sent are not true any more: GitHub adds to
 * them, and takes none away.
 */
import type { Instant } from "../clock.ts";
import { digestOf } from "../digest.ts";
import { jobToQuote } from "../domain/job-log.ts";
import type { ReportedCommit } from "../domain/reported-commit.ts";
import type { Slots } from "../state/slots.ts";
import {
  annotationsShown,
  checkRunsPath,
  createCheckRun,
  findCheckRuns,
  readCheckRun,
  type ShownCheckRun,
} from "./check-calls.ts";
import type { GithubClient } from "./client.ts";
import { Kept, type Thing } from "./keeper.ts";
import { annotationsOf, type CheckAnnotation, type CheckRun, checkRun } from "./messages/check-run.ts";
import type { ReportedBuild } from "./messages/reported-build.ts";

interface CheckOptions {
  readonly github: GithubClient;
  readonly slots: Slots;
  readonly build: ReportedBuild;
  readonly place: ReportedCommit;
  readonly readAt: Instant;
  readonly canRerun: boolean;
}

const single = `${checkRunsPath}/{check_run_id}`;

export async function checkRunThing({ github, slots, build, place, readAt, canRerun }: CheckOptions): Promise<Thing> {
  const { ref } = build.facts;
  const { repository, commit } = place;
  const content = checkRun(build, canRerun);
  const annotations = annotationsOf(build);
  const slot = {
    organization: repository.organization,
    name: `check-run/${repository.repository}/${commit}/${ref.organization}/${ref.pipeline}`,
  };
  const before = (await slots.read(slot, Kept))?.memory ?? null;
  // A failure whose log is not here, though it may yet be: what was sent for it before may still be true.
  const unknown = annotations.length === 0 && mayBeAnnotated(build);
  const annotated = annotations.length > 0 ? hashOf(annotations) : unknown ? before : null;

  /** GitHub adds annotations to those that are there; after an unclear answer only it knows whether it took them. */
  async function missing(kept: Kept): Promise<readonly CheckAnnotation[]> {
    if (annotations.length === 0 || annotated === before) return [];
    if (kept.hash !== null) return annotations;
    const request = { name: "checks.get", method: "GET", path: single } as const;
    const answer = await github.call(repository, { ...request, parameters: { check_run_id: kept.id } });
    return (annotationsShown(answer?.data) ?? 0) > 0 ? [] : annotations;
  }

  return {
    slot,
    version: readAt,
    content: [content, annotations],
    memory: annotated,
    stage: `${content.status} ${build.verdict.outcome} ${ref.number}`,
    settled: content.status === "completed",
    alwaysLook: false,
    remove: null,

    async find() {
      const runs = await findCheckRuns(github, repository, commit, content.name);
      // One that has completed is the one that could not go on: what we look for came after it.
      const usable = runs?.find(
        (run) =>
          (run.external_id ?? "").startsWith(`${ref.organization}/${ref.pipeline}/`) &&
          (content.status === "completed" || run.status !== "completed") &&
          !hasOthers(run, content, annotations),
      );
      return usable?.id ?? null;
    },

    create: () => createCheckRun(github, repository, commit, body(content, annotations)),

    async edit(kept) {
      if (kept.memory !== null && kept.memory !== annotated) return "stuck";
      const answer = await github.call(repository, {
        name: "checks.update",
        method: "PATCH",
        path: single,
        parameters: { check_run_id: kept.id, ...body(content, await missing(kept)) },
      });
      if (answer === null) return "nowhere";
      const { status, conclusion } = readCheckRun(answer.data, "checks.update");
      const same = status === content.status && (conclusion ?? undefined) === content.conclusion;
      return same ? "edited" : "stuck";
    },
  };
}

/** Its log can be read, and is not here: Buildkite did not tell, or it is not for GitHub. */
function mayBeAnnotated({ verdict, log }: ReportedBuild): boolean {
  return verdict.outcome === "failed" && log === null && jobToQuote(verdict) !== null;
}

/** Annotations that are not those of this build. */
function hasOthers(
  { output, external_id }: ShownCheckRun,
  content: CheckRun,
  annotations: readonly CheckAnnotation[],
): boolean {
  if ((output?.annotations_count ?? 0) === 0) return false;
  return annotations.length === 0 || external_id !== content.external_id;
}

function body({ output, ...run }: CheckRun, annotations: readonly CheckAnnotation[]): Record<string, unknown> {
  return { ...run, output: { ...output, ...(annotations.length > 0 && { annotations }) } };
}

function hashOf(annotations: readonly CheckAnnotation[]): string {
  return digestOf(JSON.stringify(annotations));
}
