/** What an alert offers, state by state. */
import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { SlackUser } from "../../../src/domain/ids.ts";
import { alertMessage, plainAlertMessage } from "../../../src/slack/messages/alert.ts";
import type { Message } from "../../../src/slack/messages/blocks.ts";
import type { AlertView } from "../../../src/slack/messages/view.ts";
import { buttonsOf, overflowOf, read } from "./reading.ts";
import {
  acknowledged,
  bob,
  brokeAt,
  build,
  cause,
  failing,
  fixed,
  minute,
  mute,
  refusedRerun,
  rerun,
  triggerCause,
  verdict,
  view,
} from "./samples.ts";

const value = "0123456789ab-1042:7";
const author = SlackUser.parse("U0AUTHOR");

function message(changes: Partial<Omit<AlertView, "alert">> = {}, alert = failing()): Message {
  const shown = alertMessage(view(alert, changes), { previousUrl: null });
  expect(checkMessage(shown, "chat.update")).toEqual([]);
  expect(buttonsOf(shown).length).toBeLessThanOrEqual(4);
  return shown;
}

function labels(changes: Partial<Omit<AlertView, "alert">> = {}, alert = failing()): string[] {
  const shown = message(changes, alert);
  return [...buttonsOf(shown).map(([label]) => label), ...overflowOf(shown).map(([label]) => `… ${label}`)];
}

function contextOf(changes: Partial<Omit<AlertView, "alert">>, alert = failing()): string {
  return read(message(changes, alert)).split("\n----\n").at(-1) ?? "";
}

describe("an alert that nobody is on", () => {
  it("can be acknowledged, rerun and muted, and its log read", () => {
    expect(buttonsOf(message())).toEqual([
      ["Acknowledge", "alert.acknowledge", value],
      ["Rerun failed jobs", "alert.rerun", value],
      ["Mute…", "alert.mute", value],
      ["View log", "alert.open", undefined],
    ]);
    expect(overflowOf(message())).toEqual([["Rebuild", `alert.rebuild:${value}`]]);
  });

  it("asks before a rerun, and says how much it is", () => {
    expect(JSON.stringify(message())).toContain("Buildkite runs the 2 failed jobs of build #1042 again.");
    const one = failing({ verdict: verdict([cause("Specs")]) });
    expect(JSON.stringify(message({}, one))).toContain("Buildkite runs the failed job of build #1042 again.");
    const unknown = failing({ verdict: verdict([], { jobsUnknown: true }) });
    expect(JSON.stringify(message({}, unknown))).toContain("Buildkite runs what failed of build #1042 again.");
  });

  it("names its blocks anew with each version, for Slack's clients keep the state of a name", () => {
    const ids = ({ blocks }: Message) => blocks.flatMap(({ block_id }) => block_id ?? []);
    expect(ids(message({ version: 7 }))).toEqual(["head:7", "actions:7"]);
    expect(ids(message({ version: 8 }))).toEqual(["head:8", "actions:8"]);
  });

  it("offers no log when no job ran here", () => {
    const alert = failing({ verdict: verdict([triggerCause("Deploy", "deploy", 64)]) });
    expect(labels({}, alert)).toEqual(["Acknowledge", "Rerun failed jobs", "Mute…", "… Rebuild"]);
  });

  it("runs nothing without an API token, and then has no menu", () => {
    expect(labels({ canRerun: false })).toEqual(["Acknowledge", "Mute…", "View log"]);
  });

  it("addresses its author, who may say that it is somebody else", () => {
    const shown = message({ mention: author });
    expect(shown.text).toContain("Author <@U0AUTHOR>.");
    expect(read(shown)).toContain("*Author*\n<@U0AUTHOR>");
    expect(overflowOf(shown)).toContainEqual(["Wrong person?", `alert.decline:${value}`]);
    const known = message({ mention: author }, failing({ newest: build(1042, { person: null }) }));
    expect(read(known)).toContain("*Author*\n<@U0AUTHOR>");
  });

  it("addresses whoever turned it red, not whoever built upon it", () => {
    const newest = build(1044, { person: "Grace Hopper" });
    const text = read(message({ mention: author }, failing({ streak: 3, newest })));
    expect(text).toContain("by Grace Hopper");
    expect(text).toMatch(/\*Failing since\*\n.*\n.* by <@U0AUTHOR>/);
    expect(text.match(/<@U0AUTHOR>/g)).toHaveLength(2);
  });
});

describe("an alert that somebody is on", () => {
  it("says who and since when, and does not ping them", () => {
    const shown = message({ handling: acknowledged() });
    expect(shown.text).toContain("Ada is on it.");
    expect(contextOf({ handling: acknowledged() })).toBe(
      "(:eyes: *Ada* is on it since <!date^1789985280^{date_short_pretty} {time}|2026-09-21 10:08 UTC>)",
    );
    expect(JSON.stringify(shown)).not.toContain("U0ADA");
  });

  it("can be given back or taken over instead of acknowledged", () => {
    const shown = message({ handling: acknowledged(), mention: author });
    expect(labels({ handling: acknowledged() })).not.toContain("Acknowledge");
    expect(overflowOf(shown)).toEqual([
      ["Un-acknowledge", `alert.unacknowledge:${value}`],
      ["Take over", `alert.take_over:${value}`],
      ["Rebuild", `alert.rebuild:${value}`],
      ["Wrong person?", `alert.decline:${value}`],
    ]);
  });

  it("names somebody without a name as somebody", () => {
    expect(contextOf({ handling: acknowledged({ ...bob, name: "\u200b" }) })).toContain("*somebody* is on it");
  });
});

describe("an alert that is muted", () => {
  it("says by whom, until when and why, and can be unmuted", () => {
    const silence = [mute()];
    expect(buttonsOf(message({ silence }))).toContainEqual(["Unmute", "alert.unmute", value]);
    expect(labels({ silence })).not.toContain("Mute…");
    expect(labels({ silence })).toContain("Acknowledge");
    expect(contextOf({ silence })).toBe(
      "(:no_bell: Muted by *Ada* until <!date^1789999380^{date_short_pretty} {time}|2026-09-21 14:03 UTC>: flaky since the upgrade)",
    );
    expect(message({ silence }).text).toMatch(/ Muted\.$/);
  });

  it("tells the one that ends first, and counts the others", () => {
    const silence = [mute({ reason: null, until: null }), mute(), mute()];
    expect(contextOf({ silence })).toBe("(:no_bell: Muted by *Ada* until it is fixed (and 2 more mutes))");
  });

  it("says which job is muted when others are not", () => {
    const text = read(message({ mutedJobs: new Set([":rubocop: lint"]) }));
    expect(text).toMatch(/Lint> exit 1 · muted$/m);
    expect(text).toMatch(/Specs> exit 1$/m);
  });
});

describe("an alert that is run again", () => {
  it.each(["requested", "running"] as const)("does not offer it a second time while it is %s", (kind) => {
    const changes = { rerun: { kind, rerun: rerun("retry") } } as const;
    expect(labels(changes)).toEqual(["Acknowledge", "Mute…", "View log"]);
  });

  it("says how it goes, and where the new build is", () => {
    const asked = rerun("retry");
    const running = rerun("rebuild", { kind: "running", at: brokeAt, build: 1043 });
    expect(contextOf({ rerun: { kind: "requested", rerun: asked } })).toContain("Rerun by *Ada* is about to start");
    expect(contextOf({ rerun: { kind: "running", rerun: asked } })).toContain("Rerun by *Ada* is running");
    expect(contextOf({ rerun: { kind: "running", rerun: running } })).toContain(
      "Rebuild by *Ada* (<https://buildkite.com/acme-inc/payments-api/builds/1043|#1043>) is running",
    );
  });

  it("offers it again when it failed again", () => {
    const changes = { rerun: { kind: "failedAgain", rerun: rerun("retry") } } as const;
    expect(contextOf(changes)).toContain("Rerun by *Ada* failed again");
    expect(labels(changes)).toContain("Rerun failed jobs");
  });

  it("offers a rebuild in its place where only that may work", () => {
    const changes = { rerun: refusedRerun("retry", "rebuild") };
    expect(labels(changes)).toEqual(["Acknowledge", "Rebuild", "Mute…", "View log"]);
    expect(contextOf(changes)).toContain("was refused: Jobs from canceled builds cannot be retried");
  });

  it("offers a rerun again where another try may have more luck", () => {
    const changes = { rerun: refusedRerun("retry", null, false) };
    expect(labels(changes)).toContain("Rerun failed jobs");
    expect(labels({ rerun: refusedRerun("rebuild", null, false) })).toContain("Rerun failed jobs");
  });

  it("offers nothing where nothing will work, and the other kind when only a rebuild was refused", () => {
    expect(labels({ rerun: refusedRerun("retry", null) })).toEqual(["Acknowledge", "Mute…", "View log"]);
    expect(labels({ rerun: refusedRerun("rebuild", null) })).toContain("Rerun failed jobs");
  });

  it("leaves alone what somebody retries in Buildkite itself", () => {
    const retried = failing({ verdict: verdict([cause("Specs")], { retrying: true }) });
    expect(labels({}, retried)).toEqual(["Acknowledge", "Mute…", "View log", "… Rebuild"]);
  });
});

describe("an alert that is over", () => {
  it("offers nothing any more, and remembers who was on it and whose rerun passed", () => {
    const running = rerun("retry", { kind: "running", at: brokeAt + minute, build: 1042 });
    const over = fixed("retry", build(1042));
    const shown = message({ handling: acknowledged(), rerun: { kind: "passed", rerun: running } }, over);
    expect(shown.blocks.map(({ type }) => type)).toEqual(["section", "context"]);
    expect(overflowOf(shown)).toEqual([]);
    expect(read(shown)).toContain(":eyes: *Ada* was on it\n:arrows_counterclockwise: Rerun by *Ada* passed");
  });
});

describe("the plain layout", () => {
  const buttons = (changes: Partial<AlertView>, alert = failing()) =>
    buttonsOf(plainAlertMessage(view(alert, changes)));

  it("can be acknowledged as long as nobody is on it", () => {
    expect(buttons({})).toEqual([["Acknowledge", "alert.acknowledge", value]]);
    expect(buttons({ handling: acknowledged() })).toEqual([]);
    expect(buttons({}, fixed("build", build(1044)))).toEqual([]);
  });

  it("still addresses the author", () => {
    expect(read(plainAlertMessage(view(failing(), { mention: author }))).match(/<@U0AUTHOR>/g)).toHaveLength(2);
  });
});
