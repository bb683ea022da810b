import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function installationChanged(
  _event: EventOf<"installation.changed">,
  _recorders: Recorders,
): Promise<void> {}
