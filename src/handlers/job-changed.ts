import type { EventOf } from "../domain/event.ts";
import { recordBuild } from "./build-changed.ts";
import type { Recorders } from "./index.ts";

/** A job's event carries its build as well; whichever of the two is news gets recorded. */
export function jobChanged({ build, job }: EventOf<"job.changed">, recorders: Recorders): Promise<void> {
  return recordBuild(build, job, recorders);
}
