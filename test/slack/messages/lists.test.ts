/** What commands answer. */
import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { AuditEntry } from "../../../src/domain/audit.ts";
import { isProblem, parseCommand } from "../../../src/domain/command.ts";
import { commandNames } from "../../../src/domain/command-usage.ts";
import { SlackGroup, SlackUser } from "../../../src/domain/ids.ts";
import { type PolicyFileName, type RuleSource, usualSettings } from "../../../src/domain/policy.ts";
import type { Message } from "../../../src/slack/messages/blocks.ts";
import {
  mineReply,
  mutesReply,
  statusReply,
  subscriptionsReply,
  whichOneReply,
} from "../../../src/slack/messages/command-replies.ts";
import { helpReply, problemReply } from "../../../src/slack/messages/help.ts";
import type { AlertRow } from "../../../src/slack/messages/rows.ts";
import { type WhyFacts, whyReply } from "../../../src/slack/messages/why.ts";
import { read } from "./reading.ts";
import { acknowledged, bob, brokeAt, failing, hour, mute, view } from "./samples.ts";

const permalink = "https://acme.slack.com/archives/C0123/p1";

function row(changes: Partial<AlertRow> = {}): AlertRow {
  return { ...view(failing()), permalink, ...changes };
}

function shown(message: Message): string {
  expect(checkMessage(message)).toEqual([]);
  return read(message).replace(/<[^|>]*\|([^>]*)>/g, "$1");
}

function many<T>(item: T): T[] {
  return Array.from({ length: 500 }, () => item);
}

describe("the list of what is failing", () => {
  it("is numbered, and says who is on it and what is muted", () => {
    const rows = [row(), row({ handling: acknowledged(bob), silence: [mute()], permalink: null })];
    expect(shown(statusReply(rows))).toMatchInlineSnapshot(`
      "[2 branches failing]
      ----
      *2 branches failing*
      ----
      1. :red_circle: \`main\` · Payments API · #1042 · red since 2026-09-21 10:03 UTC · nobody is on it · open
      2. :red_circle: \`main\` · Payments API · #1042 · red since 2026-09-21 10:03 UTC · :eyes: Bob is on it · :no_bell: muted until 2026-09-21 14:03 UTC"
    `);
  });

  it("is pleasant when it is empty", () => {
    expect(shown(statusReply([]))).toContain("Nothing is failing. Enjoy the quiet.");
    expect(shown(mineReply([]))).toContain("Nothing that you changed or took on is failing.");
    expect(shown(mutesReply([]))).toContain("Nothing is muted.");
    expect(shown(subscriptionsReply([]))).toContain("`/signalbox subscribe payments-api branch:main`");
  });

  it("is cut where Slack would refuse it, and says how many there are besides", () => {
    const text = shown(statusReply(many(row())));
    const rows = text.split("\n").filter((line) => /^\d+\. /.test(line));
    expect(text).toContain("500 branches failing");
    expect(text).toContain(`… and ${500 - rows.length} more`);
    expect(rows.length).toBeGreaterThan(15);
    const long = row({ alert: failing({ branch: "&".repeat(5_000), pipelineName: "&".repeat(5_000) }) });
    expect(shown(statusReply(many(long)))).toMatch(/… and \d+ more/);
  });

  it("is also given where a name fits several", () => {
    expect(shown(whichOneReply([row(), row()]))).toContain("That fits several alerts.");
    expect(shown(mineReply([row()]))).toContain("Yours: 1 branch failing");
  });
});

describe("the list of mutes", () => {
  it("has a button for each, which names the mute", () => {
    const message = mutesReply([mute(), mute({ until: null, reason: null })]);
    expect(shown(message)).toMatchInlineSnapshot(`
      "[2 active mutes]
      ----
      *2 active mutes*
      ----
      1. :no_bell: *:rspec: Specs* on \`main\` of payments-api, key \`specs\` · by Ada, until 2026-09-21 14:03 UTC: flaky since the upgrade

      [Unmute]
      ----
      2. :no_bell: *:rspec: Specs* on \`main\` of payments-api, key \`specs\` · by Ada, until it is fixed

      [Unmute]"
    `);
    expect(JSON.stringify(message.blocks[1])).toContain('"action_id":"alert.unmute"');
    expect(JSON.stringify(message.blocks[1])).toContain('"value":"0123456789"');
  });

  it("is cut too", () => {
    expect(shown(mutesReply(many(mute())))).toContain("… and 480 more");
    expect(shown(mutesReply(many(mute({ reason: "&".repeat(500) }))))).toMatch(/… and \d+ more/);
  });
});

describe("the list of subscriptions", () => {
  it("says what each is told of", () => {
    const all = { pipeline: "payments-*", branch: null, job: null, only: null };
    const one = { pipeline: "shop", branch: "main", job: "unit *", only: ["broken", "fixed"] } as const;
    expect(shown(subscriptionsReply([all, one]))).toMatchInlineSnapshot(`
      "[2 subscriptions of this channel]
      ----
      *2 subscriptions of this channel*
      ----
      1. \`payments-*\`
      2. \`shop\`, branch \`main\`, job \`unit *\`, only broken and fixed"
    `);
    expect(shown(subscriptionsReply(many(one)))).toContain("… and 460 more");
  });
});

describe("the help", () => {
  it("has a line for each command", () => {
    const text = shown(helpReply(null));
    for (const name of commandNames) expect(text).toContain(`\`/signalbox ${name}\`  `);
  });

  it.each([...commandNames])("explains %s", (name) => {
    expect(shown(helpReply(name))).toContain("For example: `/signalbox ");
  });
});

describe("what is wrong with a command", () => {
  function problem(text: string): string {
    const parsed = parseCommand(text, brokeAt, "UTC");
    if (!isProblem(parsed)) throw new Error(`Cannot show the problem: "${text}" is a command`);
    return shown(problemReply(parsed)).split("\n----\n")[1] ?? "";
  }

  it("suggests the nearest commands", () => {
    expect(problem("stauts")).toBe("There is no command `stauts`. Did you mean `/signalbox status`?");
    expect(problem("<!channel>")).toContain("There is no command `@channel`. All there are: `/signalbox help`");
  });

  it("says what is missing or wrong, with an example", () => {
    expect(problem("ack")).toMatch(/^Something is missing\.\n`\/signalbox ack /);
    expect(problem("ack 0")).toMatch(/^`0` is not a number of the last list; .*\nFor example: `\/signalbox ack 3`$/);
  });
});

describe("why", () => {
  const at = (file: PolicyFileName, line: number): RuleSource => ({ file, line });
  const facts: WhyFacts = {
    view: view(failing()),
    permalink,
    route: null,
    track: null,
    settings: usualSettings,
    repository: null,
    mutes: [],
    nextReminder: null,
    audit: [],
  };

  it("says which rules made or hid it", () => {
    expect(shown(whyReply(facts))).toMatchInlineSnapshot(`
      "[main · Payments API · #1042 · red since 2026-09-21 10:03 UTC · nobody is on it · open]
      ----
      :red_circle: \`main\` · Payments API · #1042 · red since 2026-09-21 10:03 UTC · nobody is on it · open
      ----
      • It goes to <#C0123>, the default channel: no route matches
      • The branch is watched as the pipeline's default branch
      • It mentions nobody: Ada Lovelace is not known in Slack, or said no
      • Nothing of it is muted
      • Reminders without an acknowledgement after 30 min, 2 h, 24 h
      • acknowledge: everybody, mute: everybody, rerun: with a linked GitHub login
      ----
      (Alert \`0123456789ab-1042\`)"
    `);
  });

  it("says who did what, and how, the newest first", () => {
    const entry = AuditEntry.parse({
      at: brokeAt,
      action: "takeOver",
      user: "U0ADA",
      name: "Ada <!here>",
      from: "button",
      alert: "0123456789ab-1042",
      detail: "from Bob",
    });
    const message = whyReply({
      ...facts,
      view: view(failing(), { silence: [mute()], mention: SlackUser.parse("U0AUTHOR") }),
      route: { match: { pipeline: "payments-*" }, source: at("signalbox.yml", 3) },
      track: { branch: "release/*", source: at(".github/signalbox.yml", 7) },
      mutes: [mute()],
      settings: {
        owners: SlackGroup.parse("S0OWNERS"),
        actions: { acknowledge: "channel", mute: [SlackGroup.parse("S0OWNERS")], rerun: [] },
        reminders: null,
        sources: { reminders: at(".github/signalbox.yml", 12) },
      },
      nextReminder: brokeAt + hour,
      audit: [entry],
    });
    expect(shown(message)).toMatchInlineSnapshot(`
      "[main · Payments API · #1042 · red since 2026-09-21 10:03 UTC · nobody is on it · muted until 2026-09-21 14:03 UTC · open]
      ----
      :red_circle: \`main\` · Payments API · #1042 · red since 2026-09-21 10:03 UTC · nobody is on it · :no_bell: muted until 2026-09-21 14:03 UTC · open
      ----
      • It goes to <#C0123>, by the route for pipeline \`payments-*\` (\`signalbox.yml\`, line 3)
      • The branch is watched by the rule for branch \`release/*\` (\`.github/signalbox.yml\`, line 7)
      • It mentions <@U0AUTHOR>, who brought in #1042
      • It is muted: the thread and the channel stay quiet
      • Reminders are off for this route (\`.github/signalbox.yml\`, line 12)
      • acknowledge: everybody, mute: <!subteam^S0OWNERS>, rerun: nobody
      ----
      • :no_bell: *:rspec: Specs* on \`main\` of payments-api, key \`specs\` · by Ada, until 2026-09-21 14:03 UTC: flaky since the upgrade
      ----
      *What people did*
      ----
      • 2026-09-21 10:03 UTC · Ada &lt;!here&gt;: take over (button) · from Bob
      ----
      (Alert \`0123456789ab-1042\`)"
    `);
    expect(shown(whyReply({ ...facts, mutes: many(mute()), audit: many(entry) }))).toContain("… and 495 more");
  });
});
