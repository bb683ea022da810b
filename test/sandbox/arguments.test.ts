import { describe, expect, it } from "vitest";
import { readArguments } from "../../sandbox/arguments.ts";

describe("the arguments of the sandbox", () => {
  it.each([
    [[], { stay: false, help: false }],
    [["--stay"], { stay: true, help: false }],
    [["--help"], { stay: false, help: true }],
  ])("%j", (args, read) => {
    expect(readArguments(args)).toEqual(read);
  });

  it.each([[["--stat"]], [["stay"]]])("%j are refused, with what there is", (args) => {
    expect(() => readArguments(args)).toThrow(/^Cannot start: .*'[\s\S]*npm run sandbox -- --stay/);
  });
});
