import type { HomeView } from "@slack/types";
import { describe, expect, it } from "vitest";
import { checkView } from "../../../sandbox/slack/block-kit-view.ts";
import { SlackUser } from "../../../src/domain/ids.ts";
import { GithubLogin } from "../../../src/domain/person.ts";
import { type HomeFacts, homeView, readHomePage } from "../../../src/slack/messages/home.ts";
import { readView } from "./reading.ts";
import { acknowledged, build, failing, fixed, mute, view } from "./samples.ts";

const nothing: HomeFacts = { mine: [], waiting: [], mutes: [], login: null, notify: "channel", page: null };
const alert = { view: view(failing()), permalink: "https://acme.slack.com/archives/C0123/p1" };

function home(facts: Partial<HomeFacts> = {}): HomeView {
  const shown = homeView({ ...nothing, ...facts });
  expect(checkView(shown, "home")).toEqual([]);
  return shown;
}

function shown(facts: Partial<HomeFacts> = {}): string {
  return readView(home(facts)).replace(/<[^|>]*\|([^>]*)>/g, "$1");
}

describe("the Home tab", () => {
  it("is pleasant when there is nothing to do", () => {
    expect(shown()).toMatchInlineSnapshot(`
      "# My failing builds
      ----
      :large_green_circle: Nothing of yours is failing.
      ----
      # Waiting for an acknowledgement
      ----
      :sunny: Somebody is on everything that fails.
      ----
      # Active mutes
      ----
      :bell: Nothing is muted.
      ----
      # Preferences
      ----
      Your GitHub login is not linked: Signalbox cannot tell which changes are yours.

      [Link my GitHub login]
      ----
      Tell me of my failures

      {In the channel, by a mention | In a direct message | Not at all}
      ----
      (The same, typed: \`/signalbox help\`)"
    `);
  });

  it("lists what is theirs, what waits, and what is muted, with what can be done", () => {
    const mine = [{ ...alert, view: view(failing(), { handling: acknowledged() }) }];
    const facts = { mine, waiting: [alert], mutes: [mute()], login: GithubLogin.parse("ada"), notify: "dm" as const };
    expect(shown(facts)).toMatchInlineSnapshot(`
      "# My failing builds
      ----
      :red_circle: \`main\` · Payments API · #1042 · red since 2026-09-21 10:03 UTC · :eyes: Ada is on it
      ----
      [Rerun failed jobs] [Mute…] [Open the alert]
      ----
      # Waiting for an acknowledgement
      ----
      :red_circle: \`main\` · Payments API · #1042 · red since 2026-09-21 10:03 UTC · nobody is on it
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…] [Open the alert]
      ----
      # Active mutes
      ----
      :no_bell: *:rspec: Specs* on \`main\` of payments-api, key \`specs\` · by Ada, until 2026-09-21 14:03 UTC: flaky since the upgrade

      [Unmute]
      ----
      # Preferences
      ----
      Your GitHub login is \`ada\`.

      [Link another login]
      ----
      Tell me of my failures

      {In the channel, by a mention | In a direct message | Not at all}
      ----
      (The same, typed: \`/signalbox help\`)"
    `);
    expect(JSON.stringify(home(facts))).toContain('"value":"0123456789ab-1042:7"');
    expect(JSON.stringify(home(facts))).toContain('"initial_option":{"text":{"type":"plain_text","text":"In a direct');
  });

  it("has pages of fifteen, and stays within what Slack takes", () => {
    const forty = Array.from({ length: 40 }, () => alert);
    const mutes = Array.from({ length: 40 }, () => mute());
    const full = { mine: forty, waiting: forty, mutes };
    expect(home(full).blocks.length).toBeLessThanOrEqual(100);
    expect(shown(full).match(/1 to 15 of 40 entries/g)).toHaveLength(3);
    expect(JSON.stringify(home(full))).toContain('"value":"waiting:1"');
    const second = { ...full, page: { list: "waiting", page: 1 } } as const;
    expect(shown(second)).toContain("16 to 30 of 40 entries\n\n[More]");
    const last = { ...full, page: { list: "waiting", page: 2 } } as const;
    expect(shown(last)).toContain("31 to 40 of 40 entries\n\n[Back to the first]");
    // It has become shorter since.
    expect(shown({ ...full, page: { list: "waiting", page: 9 } })).toContain("31 to 40 of 40 entries");
  });

  it("offers nothing for what was fixed meanwhile", () => {
    const over = { ...alert, view: view(fixed("build", build(1044))) };
    expect(shown({ mine: [over] })).not.toContain("[Acknowledge]");
  });

  it("shows names as they are", () => {
    const hostile = failing({ branch: "<!channel> `x`", pipelineName: "<@U1>" });
    const text = JSON.stringify(
      home({ mine: [{ ...alert, view: view(hostile, { mention: SlackUser.parse("U0X") }) }] }),
    );
    expect(text).not.toMatch(/<!channel|<@U1/);
  });
});

describe("a page of the Home tab", () => {
  it("is read from the button's value", () => {
    expect(readHomePage("mine:2")).toEqual({ list: "mine", page: 2 });
    for (const value of ["", "mine", "mine:", "mine:-1", "mine:1.5", "other:1"]) {
      const read = readHomePage(value);
      expect(value === "mine:" ? read?.page : read).toBe(value === "mine:" ? 0 : null);
    }
  });
});
