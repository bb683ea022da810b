import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function pullChanged(_event: EventOf<"pull.changed">, _recorders: Recorders): Promise<void> {}
