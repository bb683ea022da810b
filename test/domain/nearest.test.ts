import { describe, expect, it } from "vitest";
import { editDistance, nearest } from "../../src/domain/nearest.ts";

describe("the distance of two words", () => {
  it.each([
    ["", "", 0],
    ["", "mute", 4],
    ["mute", "mute", 0],
    ["mtue", "mute", 1],
    ["mut", "mute", 1],
    ["mutes", "mute", 1],
    ["nute", "mute", 1],
    ["kitten", "sitting", 3],
  ])("%j and %j is %d", (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });
});

describe("the nearest words", () => {
  it("come in order of their distance", () => {
    expect(nearest("rebuidl", ["rebuilds", "status", "rebuild"])).toEqual(["rebuild"]);
    expect(nearest("unsubscibe", ["unsubscribed", "subscribe", "unsubscribe"])).toEqual([
      "unsubscribe",
      "unsubscribed",
    ]);
  });

  it("include those that begin so", () => {
    expect(nearest("ackn", ["acknowledge"])).toEqual(["acknowledge"]);
  });

  it("are none when nothing is near", () => {
    expect(nearest("deploy", ["status", "mute"])).toEqual([]);
    expect(nearest("x", ["?", "me"])).toEqual([]);
    expect(nearest("", ["?"])).toEqual([]);
    expect(nearest("m".repeat(4_000), ["mute"])).toEqual([]);
  });
});
