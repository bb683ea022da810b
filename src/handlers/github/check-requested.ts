import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function checkRequested(_event: EventOf<"check.requested">, _recorders: Recorders): Promise<void> {}
