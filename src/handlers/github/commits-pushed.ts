import type { EventOf } from "../../domain/event.ts";
import { markOf } from "../../jobs/subjects.ts";
import type { Recorders } from "../index.ts";

/** The default branch has the settings of the repository; which files a push touched is not always in it. */
export async function commitsPushed({ push }: EventOf<"commits.pushed">, recorders: Recorders): Promise<void> {
  if (!push.isDefaultBranch) return;
  const { clock, marks, triggers } = recorders;
  const { organization } = push.repository;
  const { subject } = markOf("readRepositoryPolicy", push.repository);
  await marks.introduce(organization);
  await marks.mark(organization, [subject], clock.now());
  // Fired in any case: a mark that stood already may have lost its trigger, and one that waits is not doubled.
  await triggers.fire([{ organization, subject }]);
}
