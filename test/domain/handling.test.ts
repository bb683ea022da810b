import { describe, expect, it } from "vitest";
import {
  decideHandling,
  type Handling,
  type HandlingAction,
  type HandlingDecision,
  SlackActor,
} from "../../src/domain/handling.ts";

const ada = SlackActor.parse({ user: "U0ADA", name: "Ada" });
/** Somebody else of the same name. */
const bob = SlackActor.parse({ user: "U0BOB", name: "Ada" });
const open: Handling = { kind: "open", since: 1 };
const adas: Handling = { kind: "acknowledged", by: ada, at: 2, confirmedAt: 3 };
const taken = (by: SlackActor): Handling => ({ kind: "acknowledged", by, at: 9, confirmedAt: 9 });

describe("what an action does", () => {
  it.each<[HandlingAction, SlackActor, Handling, Handling | Exclude<HandlingDecision["kind"], "changed">]>([
    ["acknowledge", ada, open, taken(ada)],
    ["takeOver", ada, open, taken(ada)],
    ["unacknowledge", ada, open, "notAcknowledged"],
    ["handBack", ada, open, "notAcknowledged"],
    ["confirm", ada, open, "notAcknowledged"],
    ["acknowledge", ada, adas, "same"],
    ["takeOver", ada, adas, "same"],
    ["confirm", ada, adas, { ...adas, confirmedAt: 9 }],
    ["unacknowledge", ada, adas, { kind: "open", since: 9 }],
    ["handBack", ada, adas, { kind: "open", since: 9 }],
    ["acknowledge", bob, adas, "taken"],
    ["takeOver", bob, adas, taken(bob)],
    ["confirm", bob, adas, "taken"],
    ["unacknowledge", bob, adas, { kind: "open", since: 9 }],
    ["handBack", bob, adas, { kind: "open", since: 9 }],
  ])("%s by %j, of %j", (action, actor, before, after) => {
    const decision = decideHandling(before, action, actor, 9);
    expect(decision.kind === "changed" ? decision.handling : decision.kind).toEqual(after);
  });
});
