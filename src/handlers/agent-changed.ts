import type { EventOf } from "../domain/event.ts";
import type { Recorders } from "./index.ts";

export function agentChanged(event: EventOf<"agent.changed">, { agents }: Recorders): Promise<void> {
  return agents.record(event);
}
