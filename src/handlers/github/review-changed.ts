import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function reviewChanged(_event: EventOf<"review.changed">, _recorders: Recorders): Promise<void> {}
