import type { BuildSnapshot, JobSnapshot } from "../domain/build.ts";
import type { EventOf } from "../domain/event.ts";
import { markOf } from "../jobs/subjects.ts";
import type { Recorders } from "./index.ts";

export function buildChanged({ build }: EventOf<"build.changed">, recorders: Recorders): Promise<void> {
  return recordBuild(build, null, recorders);
}

/** Merges snapshots into the build's facts; fires its evaluation when they say something new. */
export async function recordBuild(build: BuildSnapshot, job: JobSnapshot | null, recorders: Recorders): Promise<void> {
  const { clock, builds, marks, triggers } = recorders;
  const mark = markOf("evaluateBuild", build);
  await marks.introduce(build.organization);
  const { fire } = await builds.record(build, job, mark.subject, clock.now());
  if (fire) await triggers.fire([mark]);
}
