import type { CheckRequest, EventOf } from "../../domain/event.ts";
import { type BuildRef, buildRefFromExternalId } from "../../domain/ids.ts";
import type { Recorders } from "../index.ts";

/**
 * A wish for a whole suite becomes one for each build that the commit's check runs tell of. When only some of them were
 * recorded the webhook was not answered, and its redelivery records the others.
 */
export async function checkRequested({ request }: EventOf<"check.requested">, recorders: Recorders): Promise<void> {
  const { clock, checkRequests, marks, triggers } = recorders;
  for (const build of await buildsOf(request, recorders)) {
    await marks.introduce(build.organization);
    const fire = await checkRequests.record(build, request, clock.now());
    if (fire.length > 0) await triggers.fire(fire);
  }
}

async function buildsOf(request: CheckRequest, { reports }: Recorders): Promise<readonly BuildRef[]> {
  const { repository, commit, externalId } = request;
  if (externalId === null) return reports.ofCommit(repository, commit);
  const build = buildRefFromExternalId(externalId);
  return build === null ? [] : [build];
}
