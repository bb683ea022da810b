import { describe, expect, it } from "vitest";
import { type Command, type CommandProblem, parseCommand } from "../../src/domain/command.ts";
import { alertForms, commandNames, usageOf } from "../../src/domain/command-usage.ts";
import { day, hour } from "../../src/domain/time-span.ts";

/** A Wednesday, 14:30 in Berlin. */
const now = Date.parse("2026-11-04T13:30:00Z");
const parse = (text: string): Command | CommandProblem => parseCommand(text, now, "Europe/Berlin");

const listed = { kind: "listed", number: 3 };
const alert = { kind: "alert", id: "abc123def456-12" };
const shop = { kind: "branch", pipeline: "shop", branch: null };
const main = { kind: "branch", pipeline: "shop", branch: "main" };
const build = { kind: "build", organization: null, pipeline: "shop", number: 12 };
const linked = { kind: "build", organization: "acme", pipeline: "shop", number: 12 };
const inOneHour = { kind: "at", at: now + hour };
const inFourHours = { kind: "at", at: now + 4 * hour };
const fixed = { kind: "fixed" };

describe("what people type", () => {
  it.each([
    ["", { kind: "help", topic: null }],
    ["   ", { kind: "help", topic: null }],
    ["help", { kind: "help", topic: null }],
    ["?", { kind: "help", topic: null }],
    ["help mute", { kind: "help", topic: "mute" }],
    ["HELP Silence", { kind: "help", topic: "mute" }],
    ["status", { kind: "status", pipeline: null, branch: null }],
    ["Status shop", { kind: "status", pipeline: "shop", branch: null }],
    ["status shop main", { kind: "status", pipeline: "shop", branch: "main" }],
    ["status shop on main", { kind: "status", pipeline: "shop", branch: "main" }],
    ["status shop feat:x", { kind: "status", pipeline: "shop", branch: "feat:x" }],
    ["status shop <http://fix.it|fix.it>", { kind: "status", pipeline: "shop", branch: "fix.it" }],
    ["mine", { kind: "mine" }],
    ["<@U0BOT> mine", { kind: "mine" }],
    ["mutes", { kind: "mutes" }],
    ["list", { kind: "list" }],
    ["link Octocat", { kind: "link", login: "octocat" }],
    ["link https://github.com/octocat/", { kind: "link", login: "octocat" }],
    ["link <https://github.com/octo-cat_acme>", { kind: "link", login: "octo-cat_acme" }],
    ["unlink", { kind: "unlink" }],
    ["notify dm", { kind: "notify", where: "dm" }],
    ["notify Channel", { kind: "notify", where: "channel" }],
    ["notify off", { kind: "notify", where: "off" }],
  ])("%j", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ["ack", "ack"],
    ["ACK", "ack"],
    ["acknowledge", "ack"],
    ["unack", "unack"],
    ["unacknowledge", "unack"],
    ["takeover", "takeover"],
    ["take-over", "takeover"],
    ["take over", "takeover"],
    ["take", "takeover"],
    ["rerun", "rerun"],
    ["retry", "rerun"],
    ["rebuild", "rebuild"],
    ["why", "why"],
  ])("%j takes a target", (typed, kind) => {
    expect(parse(`${typed} 3`)).toEqual({ kind, target: listed });
  });

  it.each([
    ["3", listed],
    ["abc123def456-12", alert],
    ["ABC123DEF456-12", alert],
    ["https://buildkite.com/acme/shop/builds/12", linked],
    ["<https://buildkite.com/acme/shop/builds/12>", linked],
    ["<https://buildkite.com/acme/shop/builds/12|https://buildkite.com/acme/shop/builds/12>", linked],
    ["<https://buildkite.com/acme/shop/builds/12|#12>", linked],
    ["<http://buildkite.com/acme/shop/builds/12|buildkite.com/acme/shop/builds/12>", linked],
    ["https://buildkite.com/acme/shop/builds/12#0190046e-e199", linked],
    ["<https://buildkite.com/acme/shop/builds/12/steps?a=1&amp;b=2>", linked],
    ["shop", shop],
    ["shop main", main],
    ["shop on main", main],
    ["shop on", { ...main, branch: "on" }],
    ["shop feature/a#b", { ...main, branch: "feature/a#b" }],
    ["shop “my branch”", { ...main, branch: "my branch" }],
    ["shop#12", build],
    ["shop #12", build],
    ['shop "#12"', { ...main, branch: "#12" }],
    ['"2048" main', { ...main, pipeline: "2048" }],
    ["ruby-3", { ...shop, pipeline: "ruby-3" }],
  ])("ack %s", (typed, target) => {
    expect(parse(`ack ${typed}`)).toEqual({ kind: "ack", target });
  });
});

describe("a mute", () => {
  const usual = { kind: "mute", target: listed, scope: null, end: inOneHour, reason: null };

  it.each([
    ["mute 3", usual],
    ["silence 3 for 4h", { ...usual, end: inFourHours }],
    ["mute 3 4h", { ...usual, end: inFourHours }],
    ["mute 3 for 4 hours", { ...usual, end: inFourHours }],
    ["mute 3 until tomorrow", { ...usual, end: { kind: "at", at: Date.parse("2026-11-05T08:00Z") } }],
    ["mute 3 until 2026-12-01 14:30", { ...usual, end: { kind: "at", at: Date.parse("2026-12-01T13:30Z") } }],
    ["mute 3 until fixed", { ...usual, end: fixed }],
    ["mute 3 for 4h because the disk is full", { ...usual, end: inFourHours, reason: "the disk is full" }],
    ["MUTE 3 FOR 4H BECAUSE It’s  Full", { ...usual, end: inFourHours, reason: "It’s  Full" }],
    ["mute 3 because flaky", { ...usual, reason: "flaky" }],
    ["mute 3 because flaky for some", { ...usual, reason: "flaky for some" }],
    ["mute 3 until fixed because of “x” &amp; <@U1|ada>", { ...usual, end: fixed, reason: "of “x” & @ada" }],
    ["mute 3 2d because because", { ...usual, end: { kind: "at", at: now + 2 * day }, reason: "because" }],
    [
      "mute 3 for 4h because <https://example.com/ABC-1|ABC-1>",
      { ...usual, end: inFourHours, reason: "https://example.com/ABC-1" },
    ],
  ])("%j", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ["shop", { kind: "name", name: "shop" }],
    ["lint", { kind: "name", name: "lint" }],
    ["shop main", main],
    ["shop on main", main],
    ["shop#12", build],
    ["abc123def456-12", alert],
    ["<https://buildkite.com/acme/shop/builds/12>", linked],
    [":rspec:", { kind: "job", job: ":rspec:", within: null }],
    ['"lint"', { kind: "job", job: "lint", within: null }],
    ['"3"', { kind: "job", job: "3", within: null }],
    ['"wait for db until ready"', { kind: "job", job: "wait for db until ready", within: null }],
    ["“unit tests”", { kind: "job", job: "unit tests", within: null }],
    ["‘unit tests’", { kind: "job", job: "unit tests", within: null }],
    ["“:rspec: a &amp; b”", { kind: "job", job: ":rspec: a & b", within: null }],
    ["3 lint", { kind: "job", job: "lint", within: listed }],
    ['3 "unit tests"', { kind: "job", job: "unit tests", within: listed }],
    ["shop main lint", { kind: "job", job: "lint", within: main }],
    ['shop "unit tests"', { kind: "job", job: "unit tests", within: shop }],
    ['"unit tests" in shop main', { kind: "job", job: "unit tests", within: main }],
    ['"unit tests" on shop', { kind: "job", job: "unit tests", within: shop }],
    ["unit tests in shop on main", { kind: "job", job: "unit tests", within: main }],
  ])("of %s, and its end", (typed, target) => {
    expect(parse(`mute ${typed} for 4h`)).toEqual({ ...usual, target, end: inFourHours });
    expect(parse(`unmute ${typed}`)).toEqual({ kind: "unmute", which: target });
  });

  it.each([
    ["mute 3 everywhere", "jobEverywhere"],
    ["mute 3 on every branch", "jobEverywhere"],
    ["mute 3 in all branches for 1h", "jobEverywhere"],
    ["mute 3 for 1h everywhere because x", "jobEverywhere"],
    ["mute 3 scope:everywhere", "jobEverywhere"],
    ["mute 3 whole pipeline for 1h", "branch"],
    ["mute 3 for 1h entire pipeline because x", "branch"],
    ["mute whole pipeline 3", "branch"],
    ["mute 3 whole-pipeline", "branch"],
    ["mute 3 scope:pipeline", "branch"],
    ["mute 3 scope:job", "job"],
    ["mute 3 because it is everywhere", null],
  ])("%j has its scope", (text, scope) => {
    expect(parse(text)).toMatchObject({ kind: "mute", target: listed, scope, end: inOneHour });
  });

  it.each([
    ["mute 3 for 4x", "`4x` is not a duration; write 4h, 2d or until tomorrow."],
    ["mute 3 for 60d", "`for 60d` is too long; a mute lasts at most 30 days, or until fixed."],
    ["mute 3 until 1pm until fixed", "`until fixed` is more than is understood here; a reason begins with because."],
    ["mute 3 for 4h disk is full", "`disk is full` is more than is understood here; a reason begins with because."],
    ["mute 3 forever", "A mute cannot be for ever; write 30 days at most, or until fixed."],
    ["mute 3 a b", "`a b` is more than is understood here; put a job's name in quotes."],
    ["mute 3 because it is full for 4h", "`for 4h` is read as a part of the reason; write it before because."],
    [`mute 3 because ${"x".repeat(501)}`, "The reason is too long; write 500 characters at most."],
    [
      "mute :rspec: tests",
      "`:rspec:` names no alert; write its number in the last list, the address of a build, or pipeline and branch.",
    ],
    [
      "mute https://example.com",
      "`https://example.com` is not the address of a build; that looks like https://buildkite.com/acme/shop/builds/12.",
    ],
  ])("%j is refused", (text, message) => {
    expect(parse(text)).toMatchObject({ kind: "refused", message, usage: { command: "mute" } });
  });
});

describe("a subscription", () => {
  const all = { kind: "subscribe", pipeline: "shop", branch: null, job: null, only: null };

  it.each([
    ["subscribe shop", all],
    ["sub shop main", { ...all, branch: "main" }],
    ["subscribe pipeline:shop branch:main", { ...all, branch: "main" }],
    ["subscribe branch:release/* shop-*", { ...all, pipeline: "shop-*", branch: "release/*" }],
    ['subscribe shop job:"unit tests" only:fixed,broken', { ...all, job: "unit tests", only: ["broken", "fixed"] }],
    ["subscribe * Job:“lint *” ONLY:Broken", { ...all, pipeline: "*", job: "lint *", only: ["broken"] }],
    ["unsubscribe 3", { kind: "unsubscribe", which: listed }],
    ["unsub shop-*", { kind: "unsubscribe", which: { kind: "pattern", pipeline: "shop-*" } }],
    ['unsubscribe "3"', { kind: "unsubscribe", which: { kind: "pattern", pipeline: "3" } }],
  ])("%j", (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it.each([
    ["subscribe acme/shop", "`acme/shop` is not a pipeline; write its name as in its address, with * for any text."],
    ["subscribe shop colour:red", "`colour:red` is not known here; write branch:, job: or only:."],
    ["subscribe shop branch: main", "`branch:` has no value; write it without a space, such as branch:main."],
    ["subscribe shop branch:a branch:b", "`branch:b` is the second branch; write one."],
    ["subscribe shop main now", "`now` is more than is understood here; leave it out."],
    ["subscribe shop only:red", "`only:red` is not known here; write only:broken, only:fixed or only:broken,fixed."],
    ["unsubscribe a b", "`b` is more than is understood here; leave it out."],
    ["unsubscribe a/b", "`a/b` is not a pipeline; write its name as in its address, with * for any text."],
  ])("%j is refused", (text, message) => {
    expect(parse(text)).toMatchObject({ kind: "refused", message });
  });
});

describe("what is not understood", () => {
  it.each<[string, string, string[]]>([
    ["stauts", "stauts", ["status"]],
    ["mtue 3 for 4h", "mtue", ["mute"]],
    ["acknowlege 3", "acknowlege", ["ack"]],
    ["rerum 3", "rerum", ["rerun"]],
    ["unsubscibe x", "unsubscibe", ["unsubscribe"]],
    ["help mutez", "mutez", ["mute", "mutes"]],
    ["deploy", "deploy", []],
    ["constructor", "constructor", []],
    ["__proto__", "__proto__", []],
    ["3", "3", []],
  ])("%j may have been meant otherwise", (text, word, nearest) => {
    expect(parse(text)).toEqual({ kind: "unknown", word, nearest });
  });

  it.each([
    "ack",
    "unack",
    "take over",
    "mute",
    "mute for 4h",
    "mute 4h",
    "mute everywhere until fixed",
    "mute because x",
    "mute lint in",
    "mute 3 for 4h because",
    'mute ""',
    "unmute",
    "rerun",
    "rebuild",
    "why",
    "subscribe",
    "subscribe branch:main",
    "unsubscribe",
    "link",
    "notify",
  ])("%j lacks something", (text) => {
    const [first = ""] = text.split(" ");
    const command = parse(`help ${first}`);
    const topic = command.kind === "help" && command.topic !== null ? command.topic : "help";
    expect(parse(text)).toEqual({ kind: "incomplete", usage: usageOf(topic) });
  });

  it.each([
    ["mine now", "`now` is more than is understood here; leave it out."],
    ["mutes all", "`all` is more than is understood here; leave it out."],
    ["ack 3 main", "`main` is more than is understood here; leave it out."],
    ["ack shop main please", "`please` is more than is understood here; leave it out."],
    ["help mute me", "`me` is more than is understood here; leave it out."],
    ["status shop main please", "`please` is more than is understood here; leave it out."],
    ["status acme/shop", "`acme/shop` is not a pipeline; write its name as in its address."],
    ["ack 0", "`0` is not a number of the last list; write shop#0 for a build of the pipeline shop."],
    ["ack 99999", "`99999` is not a number of the last list; write shop#99999 for a build of the pipeline shop."],
    ["ack #12", "`#12` does not say which pipeline's build; write shop#12, or its number in the last list."],
    [
      "ack acme/shop",
      "`acme/shop` names no alert; write its number in the last list, the address of a build, or pipeline and branch.",
    ],
    [
      "ack shop#0",
      "`shop#0` names no alert; write its number in the last list, the address of a build, or pipeline and branch.",
    ],
    [
      "ack https://buildkite.com/acme/shop",
      "`https://buildkite.com/acme/shop` is not the address of a build; that looks like https://buildkite.com/acme/shop/builds/12.",
    ],
    [
      "ack https://evil.example/buildkite.com/acme/shop/builds/1",
      "`https://evil.example/buildkite.com/acme/shop/builds/1` is not the address of a build; that looks like https://buildkite.com/acme/shop/builds/12.",
    ],
    ["link @ada", "`@ada` is a name in Slack; write your GitHub login without the @."],
    ["link <@U1>", "`@U1` is a name in Slack; write your GitHub login without the @."],
    ["link a/b", "`a/b` is not a GitHub login."],
    ["link ada lovelace", "`lovelace` is more than is understood here; leave it out."],
    ["notify sms", "`sms` is no choice; write dm, channel or off."],
    ["notify dm now", "`now` is more than is understood here; leave it out."],
    ["a".repeat(4_001), "That is too long; write 4000 characters at most."],
  ])("%j is refused", (text, message) => {
    expect(parse(text)).toMatchObject({ kind: "refused", message });
  });
});

describe("the table of commands", () => {
  it("has examples that are understood", () => {
    for (const name of commandNames) {
      const { example, command } = usageOf(name);
      expect(parse(example), example).toMatchObject({ kind: command });
    }
  });

  it("names the forms of a target as they are understood", () => {
    const forms = alertForms.flatMap((form) => form.replace(/ \(.*\)$/, "").split(" or "));
    expect(forms.map((form) => parse(`ack ${form}`).kind)).toEqual(forms.map(() => "ack"));
  });

  it("has no word twice", () => {
    const words = commandNames.flatMap((name) => [name, ...usageOf(name).aliases]);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });
});
