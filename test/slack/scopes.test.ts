import { expect, it } from "vitest";
import { optionalScopes, requiredScopes } from "../../src/slack/manifest.ts";
import { reportScopes } from "../../src/slack/scopes.ts";
import { TestLog } from "../harness/log.ts";

const all = [...requiredScopes, ...optionalScopes];

function report(granted: readonly string[]) {
  const log = new TestLog();
  reportScopes(new Set(granted), log.logger);
  return { line: log.lines.at(-1), warnings: log.take() };
}

it("nothing is said when everything was granted, or when Slack did not tell", () => {
  expect(report(all).line).toBeUndefined();
  expect(report([]).line).toBeUndefined();
});

it("each scope that is missing is named with what is off", () => {
  for (const scope of all) {
    const { line } = report(["unrelated", ...all.filter((each) => each !== scope)]);
    const named = [line?.missing, line?.declined].flat().filter((entry) => entry !== undefined);
    expect(named).toEqual([expect.stringMatching(new RegExp(`^${scope} \\((?!unknown)`))]);
  }
});

it("it is a warning only when a part of the bot does not work at all", () => {
  expect(report(requiredScopes).warnings).toEqual([]);
  expect(report(optionalScopes).warnings).toHaveLength(1);
});
