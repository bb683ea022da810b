import { describe, expect, it } from "vitest";
import { type Delivery, type Redelivery, stepFor } from "../../src/domain/redelivery.ts";

const failed: Delivery = { id: "20", guid: "g", at: 2000, again: false, status: 502 };
const ok: Delivery = { ...failed, status: 200 };
const hour = 3_600_000;
const now = 100 * hour;
const asked: Redelivery = { attempts: 1, last: "20", at: 2000, arrived: false };

describe("a webhook that GitHub tried to deliver", () => {
  it.each<[what: string, newest: Delivery, known: Redelivery | null, kind: string, memory?: Partial<Redelivery>]>([
    ["arrived at once", ok, null, "nothing"],
    ["failed", failed, null, "ask", asked],
    ["was not answered", { ...failed, status: 0 }, null, "ask", asked],
    ["was refused", { ...failed, status: 401 }, null, "ask", asked],
    ["was redirected", { ...failed, status: 302 }, null, "ask", asked],
    ["failed, and was asked for", failed, asked, "nothing"],
    ["failed, and a newer attempt of it was looked at", { ...failed, id: "10", at: 1000 }, asked, "nothing"],
    ["failed again just now", { ...failed, id: "30", at: now - hour + 1, again: true }, asked, "wait"],
    [
      "failed again an hour ago",
      { ...failed, id: "30", at: now - hour, again: true },
      asked,
      "ask",
      { attempts: 2, last: "30", at: now - hour },
    ],
    ["failed a third time", { ...failed, id: "40", at: now - 6 * hour + 1 }, { ...asked, attempts: 2 }, "wait"],
    ["failed a third time, long ago", { ...failed, id: "40", at: now - 6 * hour }, { ...asked, attempts: 2 }, "ask"],
    ["failed a fourth time", { ...failed, id: "50", at: now - 24 * hour + 1 }, { ...asked, attempts: 3 }, "wait"],
    ["failed a fourth time, long ago", { ...failed, id: "50", at: now - 24 * hour }, { ...asked, attempts: 3 }, "ask"],
    ["failed four times more", { ...failed, id: "60", at: now }, { ...asked, attempts: 4 }, "give up", { attempts: 4 }],
    ["was given up", { ...failed, id: "60" }, { ...asked, attempts: 4, last: "60" }, "nothing"],
    ["arrived later", { ...ok, id: "30", again: true }, asked, "remember", { arrived: true }],
    ["arrived when somebody asked for it by hand", { ...ok, again: true }, null, "remember", { arrived: true }],
    ["failed before it arrived", failed, { ...asked, last: "30", arrived: true }, "nothing"],
  ])("%s", (_, newest, known, kind, memory) => {
    const step = stepFor(newest, known, now);
    expect(step.kind).toBe(kind);
    if (step.kind === "nothing" || step.kind === "wait") expect(memory).toBeUndefined();
    else expect(step.memory).toMatchObject(memory ?? {});
  });
});
