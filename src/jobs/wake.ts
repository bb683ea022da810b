/** Marks subjects from within a job, and fires them. The job's own mark stands until then, so a crash loses nothing. */
import type { Mark } from "../state/marks.ts";
import type { Tools } from "./job.ts";

export async function wake(
  subjects: readonly Mark[],
  { marks, clock, fire }: Pick<Tools, "marks" | "clock" | "fire">,
): Promise<void> {
  for (const { organization, subject } of subjects) {
    await marks.introduce(organization);
    await fire(await marks.mark(organization, [subject], clock.now()));
  }
}
