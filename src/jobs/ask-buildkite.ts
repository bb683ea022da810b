/** Asks Buildkite to run a red build again, and says what came of it, whoever wanted it and wherever. */
import type { BuildkiteClient } from "../buildkite/client.ts";
import type { Instant } from "../clock.ts";
import type { BuildRef } from "../domain/ids.ts";
import type { Cause } from "../domain/verdict.ts";

export type Asked =
  /** It runs, or did: somebody may have been faster. `build` is the new one's number after a rebuild. */
  | { readonly kind: "running"; readonly build: number }
  | {
      readonly kind: "refused";
      readonly reason: string;
      /** It would be refused again. */
      readonly permanent: boolean;
      readonly offer: "rebuild" | null;
    };

export const noToken = "Signalbox has no Buildkite API token";

/** May be repeated: Buildkite retries no job twice. @param causes What failed. */
export async function askToRetry(
  build: BuildRef,
  causes: readonly Cause[],
  buildkite: BuildkiteClient,
): Promise<Asked> {
  const running: Asked = { kind: "running", build: build.number };
  // A step that somebody canceled is what failed only when nothing else did.
  const canceled = causes.some((cause) => cause.kind === "canceled");
  const answer = await buildkite.retryFailedJobs(build, { canceled });
  if (answer.kind === "refused") return answer;
  if (answer.kind === "retried" || answer.state !== "failed") return running;
  // Nothing was left to retry: somebody was faster, or its steps forbid it. A single job is told which.
  const [first] = causes;
  if (first === undefined) {
    return {
      kind: "refused",
      reason: "it finds no failed job that could be retried",
      permanent: true,
      offer: "rebuild",
    };
  }
  const one = await buildkite.retryJob(build, first.jobId);
  return one.kind === "refused" ? { ...one, permanent: true, offer: "rebuild" } : running;
}

/** @returns null when no earlier attempt has made a build. @param since When it began; null: there was none. */
export async function findRebuilt(
  build: BuildRef,
  since: Instant | null,
  buildkite: BuildkiteClient,
): Promise<Asked | null> {
  const found = since === null ? null : await buildkite.findRebuild(build, since);
  return found === null ? null : { kind: "running", build: found };
}

/** Makes a build each time: whoever is in doubt asks `findRebuilt` before. */
export async function askToRebuild(build: BuildRef, buildkite: BuildkiteClient): Promise<Asked> {
  const answer = await buildkite.rebuild(build);
  return answer.kind === "refused" ? { ...answer, offer: null } : { kind: "running", build: answer.number };
}
