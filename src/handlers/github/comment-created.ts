import type { EventOf } from "../../domain/event.ts";
import type { Recorders } from "../index.ts";

export async function commentCreated(_event: EventOf<"comment.created">, _recorders: Recorders): Promise<void> {}
