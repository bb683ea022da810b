import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function commitsPushed(_event: EventOf<"commits.pushed">, _recorders: Recorders): Promise<void> {}
