import type { EventOf } from "../../domain/event.ts";
import { markOf } from "../../jobs/subjects.ts";
import type { Recorders } from "../index.ts";

/** Who gave a repository away, or had another name, is asked about as well. */
export async function installationChanged(
  { organization, former }: EventOf<"installation.changed">,
  { clock, marks, triggers }: Recorders,
): Promise<void> {
  for (const owner of former === null ? [organization] : [organization, former]) {
    const mark = markOf("readInstallation", { organization: owner });
    await marks.introduce(owner);
    await marks.mark(owner, [mark.subject], clock.now());
    await triggers.fire([mark]);
  }
}
