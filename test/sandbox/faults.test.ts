import { describe, expect, it } from "vitest";
import { type Fault, type FaultRates, Faults, type Work } from "../../sandbox/faults.ts";

interface Recorder extends Work {
  readonly effects: string[];
}

function recorder(): Recorder {
  const effects: string[] = [];
  return {
    effects,
    run() {
      effects.push("done");
      return { status: 200, body: "ok" };
    },
    refuse: (refusal) => ({ status: refusal.kind === "rateLimited" ? 429 : 422, body: refusal }),
  };
}

describe("planned faults", () => {
  it("come in the order they were planned, to the requests they name", () => {
    const faults = new Faults();
    faults.next("chat.update", { kind: "error", error: "message_not_found" });
    faults.next("*", { kind: "drop" });
    expect(faults.take("chat.postMessage")).toEqual({ kind: "drop" });
    expect(faults.take("chat.postMessage")).toBeNull();
    expect(faults.take("chat.update")).toEqual({ kind: "error", error: "message_not_found" });
    expect(faults.take("chat.update")).toBeNull();
  });

  it("happen as often as was said, and for ever until they are cleared", () => {
    const faults = new Faults();
    faults.next("a", { kind: "drop" }, 2);
    expect([faults.take("a"), faults.take("a"), faults.take("a")]).toEqual([{ kind: "drop" }, { kind: "drop" }, null]);
    faults.next("*", { kind: "hang" }, Number.POSITIVE_INFINITY);
    expect([faults.take("a"), faults.take("b"), faults.take("c")]).not.toContain(null);
    faults.clear();
    expect(faults.take("a")).toBeNull();
  });

  it("are reported while they have not happened", () => {
    const faults = new Faults();
    faults.next("a", { kind: "drop" }, 3);
    faults.take("a");
    faults.take("b");
    expect(faults.pending()).toEqual([{ match: "a", fault: { kind: "drop" }, times: 2 }]);
  });

  it("cannot be planned for no time at all", () => {
    expect(() => new Faults().next("a", { kind: "drop" }, 0)).toThrow("Cannot plan a fault: times is 0");
  });
});

describe("carrying out a request under a fault", () => {
  const cases: readonly { name: string; fault: Fault | null; answer: unknown; effects: readonly string[] }[] = [
    { name: "no fault", fault: null, answer: { status: 200, body: "ok" }, effects: ["done"] },
    { name: "a status", fault: { kind: "status", status: 503 }, answer: { status: 503 }, effects: [] },
    {
      name: "a status after the effect",
      fault: { kind: "status", status: 500, body: { oh: "no" }, headers: { "x-a": "b" }, after: true },
      answer: { status: 500, body: { oh: "no" }, headers: { "x-a": "b" } },
      effects: ["done"],
    },
    { name: "an error", fault: { kind: "error", error: "nope" }, answer: { status: 422 }, effects: [] },
    {
      name: "a rate limit",
      fault: { kind: "rateLimited", retryAfterSeconds: 3 },
      answer: { status: 429, body: { kind: "rateLimited", retryAfterSeconds: 3 } },
      effects: [],
    },
    { name: "a drop", fault: { kind: "drop" }, answer: "drop", effects: [] },
    { name: "a drop after the effect", fault: { kind: "drop", after: true }, answer: "drop", effects: ["done"] },
    { name: "a delay", fault: { kind: "delay", ms: 1 }, answer: { status: 200 }, effects: ["done"] },
  ];
  it.each(cases)("$name", async ({ fault, answer, effects }) => {
    const work = recorder();
    const reply = await new Faults().carryOut(fault, work);
    if (typeof answer === "string") expect(reply).toBe(answer);
    else expect(reply).toMatchObject(answer ?? {});
    expect(work.effects).toEqual(effects);
  });

  it("holds a request that hangs until it is released, and only then lets it take effect", async () => {
    const faults = new Faults();
    const work = recorder();
    const reply = faults.carryOut({ kind: "hang" }, work);
    expect(faults.hanging).toBe(1);
    expect(work.effects).toEqual([]);
    faults.release();
    expect(await reply).toMatchObject({ status: 200 });
    expect(work.effects).toEqual(["done"]);
    expect(faults.hanging).toBe(0);
  });

  it("lets a request that hangs afterwards take effect at once", async () => {
    const faults = new Faults();
    const work = recorder();
    const reply = faults.carryOut({ kind: "hang", after: true }, work);
    expect(work.effects).toEqual(["done"]);
    await Promise.resolve();
    expect(faults.hanging).toBe(1);
    faults.release();
    expect(await reply).toMatchObject({ status: 200 });
    expect(work.effects).toEqual(["done"]);
  });
});

describe("faults by chance", () => {
  const rates: FaultRates = { rateLimited: 0.1, failBefore: 0.1, failAfter: 0.1, hangAfter: 0.1, dropAfter: 0.1 };

  function draw(seed: number, count: number): readonly (Fault | null)[] {
    const faults = new Faults();
    faults.random({ seed, rates });
    return Array.from({ length: count }, () => faults.take("any"));
  }

  it("are the same for the same seed, and others for another", () => {
    expect(draw(7, 100)).toEqual(draw(7, 100));
    expect(draw(7, 100)).not.toEqual(draw(8, 100));
  });

  it("keep to their rates", () => {
    const counts = Map.groupBy(draw(1, 10_000), (fault) =>
      fault === null ? "none" : `${fault.kind}${"after" in fault ? " after" : ""}`,
    );
    expect([...counts.keys()].sort()).toEqual(
      ["drop after", "hang after", "none", "rateLimited", "status", "status after"].sort(),
    );
    for (const [name, drawn] of counts) {
      const share = drawn.length / 10_000;
      expect(share, name).toBeCloseTo(name === "none" ? 0.5 : 0.1, 1);
    }
  });

  it("spare the requests that were not named, and give way to planned faults", () => {
    const faults = new Faults();
    faults.random({ seed: 1, rates: { rateLimited: 1 }, only: ["chat.postMessage"], retryAfterSeconds: null });
    faults.next("chat.postMessage", { kind: "drop" });
    expect(faults.take("chat.update")).toBeNull();
    expect(faults.take("chat.postMessage")).toEqual({ kind: "drop" });
    expect(faults.take("chat.postMessage")).toEqual({ kind: "rateLimited", retryAfterSeconds: null });
    faults.clear();
    expect(faults.take("chat.postMessage")).toBeNull();
  });
});
