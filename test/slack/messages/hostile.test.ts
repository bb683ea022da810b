/** Whatever stands in a commit, a job or a log: Slack takes the message, and it links and formats only what we meant. */
import type { HomeView, ModalView } from "@slack/types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { checkView, type Surface } from "../../../sandbox/slack/block-kit-view.ts";
import { AlertState, Note } from "../../../src/domain/alert.ts";
import { isProblem, parseCommand } from "../../../src/domain/command.ts";
import { Handling, SlackActor } from "../../../src/domain/handling.ts";
import { AlertId, JobId, Organization, Pipeline, SlackUser } from "../../../src/domain/ids.ts";
import { Mute, MuteScope } from "../../../src/domain/mute.ts";
import { usualSettings } from "../../../src/domain/policy.ts";
import { quoted, refused } from "../../../src/domain/refusal.ts";
import { Rerun, type RerunProgress } from "../../../src/domain/rerun.ts";
import { Suspicion } from "../../../src/domain/suspects.ts";
import { alertMessage, plainAlertMessage } from "../../../src/slack/messages/alert.ts";
import type { Message } from "../../../src/slack/messages/blocks.ts";
import { mutesReply, statusReply, subscriptionsReply } from "../../../src/slack/messages/command-replies.ts";
import { problemReply } from "../../../src/slack/messages/help.ts";
import { homeView } from "../../../src/slack/messages/home.ts";
import { muteDialog } from "../../../src/slack/messages/mute-dialog.ts";
import { noteMessage } from "../../../src/slack/messages/note.ts";
import { reminderMessage } from "../../../src/slack/messages/reminder.ts";
import {
  alreadyAcknowledged,
  couldNotSave,
  refusalReply,
  rerunRefused,
  unmuteDone,
} from "../../../src/slack/messages/replies.ts";
import type { AlertView } from "../../../src/slack/messages/view.ts";
import { whyReply } from "../../../src/slack/messages/why.ts";
import { effort } from "../../harness/effort.ts";
import { anyCharacter } from "../../harness/text.ts";
import { buttonsOf, markupIn, markupOf } from "./reading.ts";
import {
  brokeAt,
  build,
  cause,
  failing,
  mute,
  pullSuspect,
  refusedRerun,
  suspectsOf,
  verdict,
  view,
} from "./samples.ts";

const previousUrl = "https://acme.slack.com/archives/C0123/p1789984980000100";

const hostile = fc.constantFrom(
  "<!channel>",
  "<!here|x> <@U1>",
  "<https://evil.example|Open build>",
  "&lt;!channel&gt;",
  "```*_~`",
  ">>> quoted\n> twice",
  "*/_",
  "ends in a bar|",
  "\u202eright to left\u2066",
  "עברית العربية",
  "👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  ":rspec: :pipeline:",
  "constructor",
  "__proto__",
  "",
  " \u200b",
);
const anyText = fc.oneof(
  hostile,
  fc.string({ unit: anyCharacter, maxLength: 40 }),
  fc.array(hostile, { maxLength: 5 }).map((parts) => parts.join(" ")),
  fc.constantFrom("&", "<", "👩‍🚀", "`", "a ").map((unit) => unit.repeat(5_000 / unit.length)),
);
const anyCount = fc.nat(500);
const anyNumber = fc.integer({ min: 1, max: 10 ** 12 });
const anySlug = fc.constantFrom("api", "a_b.c-d", "p".repeat(120));
const anyId = fc.constantFrom("e7ba7f14-bb2d-4db7-a08e-7102bc80423e", "f".repeat(64));
const anyJobs = fc.array(anyText, { maxLength: 12 });

function orNull<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(values, { nil: null });
}

const anyBuild = fc.record({
  number: anyNumber,
  commit: orNull(fc.oneof(fc.constantFrom("4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180", "f".repeat(64)), anyText)),
  title: anyText,
  person: orNull(anyText),
  pullRequest: orNull(anyNumber),
  at: fc.oneof(fc.constant(0), fc.nat(4e12), fc.double({ noNaN: true, noDefaultInfinity: true })),
});

const anyCause = fc.record({
  key: anyText,
  name: anyText,
  jobId: anyId,
  type: fc.constantFrom("script", "trigger"),
  kind: fc.constantFrom("failed", "timedOut", "expired", "agentLost", "canceled", "promised"),
  exitStatus: orNull(fc.integer()),
  shards: fc.array(anyCount, { maxLength: 20 }),
  shardsTotal: orNull(anyCount),
  child: orNull(fc.record({ pipeline: anySlug, number: anyNumber, causes: anyJobs })),
});

const anyVerdict = fc.record({
  outcome: fc.constantFrom("failing", "failed", "passed"),
  at: fc.constant(null),
  causes: fc.array(anyCause, { maxLength: 10 }),
  failedJobs: anyCount,
  retrying: fc.boolean(),
  totalJobs: anyCount,
  casualties: anyCount,
  jobsUnknown: fc.boolean(),
  recovered: anyJobs,
  recoveredBuild: fc.boolean(),
});

const anyState = {
  id: fc.constant("0123456789ab-1"),
  organization: anySlug,
  pipeline: anySlug,
  branch: anyText,
  pipelineName: anyText,
  repository: orNull(fc.oneof(fc.constantFrom("acme/shop", `${"o".repeat(39)}/${"r".repeat(100)}`), anyText)),
  channel: fc.constant("C0123"),
  previous: fc.constant(null),
  timesBroken: anyCount,
  streak: anyCount,
  streakTruncated: fc.boolean(),
  since: anyBuild,
  newest: anyBuild,
  verdict: anyVerdict,
  flakes: fc.dictionary(anyText, anyCount, { maxKeys: 3 }),
  toldJobs: fc.constant([]),
};
const by = fc.constantFrom("build", "retry", "withdrawn");
const anyAlert = fc
  .oneof(
    fc.record({ ...anyState, status: fc.constant("failing") }),
    fc.record({
      ...anyState,
      status: fc.constant("fixed"),
      fixed: fc.record({ by, build: orNull(anyBuild), at: fc.nat(4e12) }),
    }),
  )
  .map((state) => AlertState.parse(state));

const after = fc.integer({ min: -1, max: 10 ** 12 });
const person = orNull(anyText);
const anyTime = fc.oneof(fc.constant(0), fc.nat(4e12));
const anyActor = fc.record({ user: fc.constant("U0OURS"), name: anyText });
const anyScope = fc
  .oneof(
    fc.record({ kind: fc.constant("job"), pipeline: anySlug, branch: anyText, job: anyText, name: anyText }),
    fc.record({ kind: fc.constant("jobEverywhere"), pipeline: anySlug, job: anyText, name: anyText }),
    fc.record({ kind: fc.constant("branch"), pipeline: anySlug, branch: anyText }),
  )
  .map((scope) => MuteScope.parse(scope));
const anyNote = fc
  .oneof(
    fc.record({ kind: fc.constant("alsoBroken"), build: anyNumber, jobs: anyJobs }),
    fc.record({ kind: fc.constant("stillFailing"), build: anyNumber, streak: anyCount }),
    fc.record({ kind: fc.constant("fixed"), by, build: anyNumber, person, recovered: anyJobs, after }),
    fc.record({ kind: fc.constant("brokeAgain"), build: anyNumber, person, timesBroken: anyCount }),
    fc.record({ kind: fc.constant("log"), build: anyNumber, job: anyText, jobId: anyId, lines: anyJobs }),
    fc.record({ kind: fc.constant("acknowledged"), by: anyActor, over: orNull(anyActor) }),
    fc.record({ kind: fc.constant("released"), by: orNull(anyActor), was: anyActor }),
    fc.record({ kind: fc.constant("muted"), by: anyActor, scope: anyScope, until: orNull(anyTime), reason: person }),
    fc.record({ kind: fc.constant("unmuted"), by: anyActor, scope: anyScope }),
    fc.record({ kind: fc.constant("muteEnded"), by: anyActor, scope: anyScope }),
    fc.record({
      kind: fc.constant("rerun"),
      by: anyActor,
      what: fc.constantFrom("retry", "rebuild"),
      build: anyNumber,
    }),
    fc.record({ kind: fc.constant("reminder"), since: anyTime, owners: orNull(fc.constant("S0OURS")) }),
    fc.record({ kind: fc.constant("stillOnIt"), who: anyActor, since: anyTime }),
  )
  .map((note) => Note.parse(note));

const anyMute = fc
  .record({
    id: fc.constant("0123456789"),
    organization: fc.constant("acme-inc"),
    scope: anyScope,
    by: anyActor,
    at: anyTime,
    until: orNull(anyTime),
    reason: person,
    alert: fc.constant(null),
    ended: fc.constant(null),
  })
  .map((mute) => Mute.parse(mute));
const anyHandling = fc
  .oneof(
    fc.record({ kind: fc.constant("open"), since: anyTime }),
    fc.record({ kind: fc.constant("acknowledged"), by: anyActor, at: anyTime, confirmedAt: anyTime }),
  )
  .map((handling) => Handling.parse(handling));
const anyRerun = fc
  .record({
    kind: fc.constantFrom("retry", "rebuild"),
    build: anyNumber,
    failure: fc.constant("1-0"),
    by: anyActor,
    at: anyTime,
    outcome: fc.record({ kind: fc.constant("running"), at: anyTime, build: anyNumber }),
  })
  .map((rerun) => Rerun.parse(rerun));
const anyProgress: fc.Arbitrary<RerunProgress> = fc.oneof(
  fc.record({ kind: fc.constant("none" as const) }),
  fc.record({ kind: fc.constantFrom("requested", "running", "failedAgain", "passed"), rerun: anyRerun }),
  fc.record({
    kind: fc.constant("refused" as const),
    rerun: anyRerun,
    reason: anyText,
    permanent: fc.boolean(),
    offer: fc.constantFrom(null, "rebuild" as const),
  }),
);
const anyPerson = orNull(fc.record({ name: orNull(anyText), email: orNull(anyText), username: orNull(anyText) }));
const anySuspect = {
  sha: fc.constantFrom("4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180", "f".repeat(40)),
  title: anyText,
  author: anyPerson,
  coAuthors: fc.array(anyPerson, { maxLength: 5 }).map((people) => people.filter((person) => person !== null)),
  reverts: orNull(fc.record({ commit: orNull(fc.constantFrom("f".repeat(64), "4f8d2c9")), pull: orNull(anyNumber) })),
};
const anySuspects = fc
  .record({
    kind: fc.constant("found" as const),
    build: anyNumber,
    green: orNull(anyNumber),
    base: orNull(fc.constant("e".repeat(40))),
    head: fc.constant("f".repeat(40)),
    list: fc.array(
      fc.oneof(
        fc.record({ ...anySuspect, kind: fc.constant("pull"), number: anyNumber, mergedBy: anyPerson }),
        fc.record({ ...anySuspect, kind: fc.constant("commit"), committer: anyPerson }),
      ),
      { maxLength: 5 },
    ),
    total: anyCount,
    truncated: fc.boolean(),
    files: fc.array(anyText, { maxLength: 3 }),
  })
  .map((suspects) => Suspicion.parse({ ...suspects, total: suspects.list.length + suspects.total }))
  .filter((suspects) => suspects.kind === "found");
const anyView: fc.Arbitrary<AlertView> = fc.record({
  alert: anyAlert,
  version: fc.nat(),
  handling: anyHandling,
  rerun: anyProgress,
  silence: orNull(fc.array(anyMute, { maxLength: 3 })),
  mutedJobs: fc.array(anyText).map((keys) => new Set(keys)),
  mention: orNull(fc.constant(SlackUser.parse("U0OURS"))),
  suspects: orNull(anySuspects),
  canRerun: fc.boolean(),
});

describe("a message made of hostile text", () => {
  it("is taken by Slack and means what we meant: alerts", () => {
    fc.assert(
      fc.property(anyView, fc.constantFrom(null, previousUrl), (view, url) => {
        const message = alertMessage(view, { previousUrl: url });
        const plain = plainAlertMessage(view);
        for (const shown of [message, plain]) {
          expectSafe(shown);
          const ids = buttonsOf(shown).map(([, id]) => id);
          const waits = view.alert.status === "failing" && view.handling.kind === "open";
          expect(ids.includes("alert.acknowledge")).toBe(waits);
          expect(ids.length).toBeLessThanOrEqual(view.alert.status === "failing" ? 4 : 0);
        }
        expectSafe(reminderMessage(view, url));
      }),
      { numRuns: effort(300, 30) },
    );
  });

  it("fits, also when everything in it is as long as can be", () => {
    const slug = Pipeline.parse("p".repeat(120));
    const long = "&".repeat(10_000);
    const worst = cause(long, {
      jobId: JobId.parse("f".repeat(64)),
      exitStatus: -(2 ** 31),
      shards: Array.from({ length: 500 }, (_, index) => 1e6 + index),
      shardsTotal: 2e6,
      child: { pipeline: slug, number: 1e11, causes: Array(20).fill(long) },
    });
    const change = { commit: long, title: long, person: long, pullRequest: 1e11 };
    const alert = failing({
      organization: Organization.parse("o".repeat(120)),
      pipeline: slug,
      repository: `${"o".repeat(39)}/${"r".repeat(100)}`,
      branch: long,
      pipelineName: long,
      streak: 500,
      timesBroken: 500,
      since: build(1e11, change),
      newest: build(1e11, change),
      verdict: verdict(Array(10).fill(worst), { casualties: 500 }),
      flakes: { [worst.key]: 500 },
    });
    const somebody = { user: SlackUser.parse("U0OURS"), name: long };
    const refused = refusedRerun("retry", "rebuild");
    const suspect = (number: number) =>
      pullSuspect(number, {
        title: long,
        author: { name: long, email: null, username: "renovate[bot]" },
        mergedBy: { name: long, email: null, username: null },
        coAuthors: Array(5).fill({ name: long, email: null, username: null }),
        reverts: { commit: null, pull: 1e11 },
      });
    const shown = view(alert, {
      handling: { kind: "acknowledged", by: somebody, at: brokeAt, confirmedAt: brokeAt },
      silence: [mute({ by: somebody, reason: long }), mute()],
      mutedJobs: new Set([worst.key]),
      rerun: refused.kind === "refused" ? { ...refused, reason: long } : refused,
      suspects: suspectsOf(
        Array.from({ length: 5 }, (_, i) => suspect(1e11 + i)),
        { total: 500, truncated: true },
      ),
    });
    const message = alertMessage(shown, { previousUrl });
    expectSafe(message);
    expect(markupOf(message).find((text) => text.startsWith("•"))).toMatch(/^• .*\n• <[^|>]*\|\+4500 more>$/);
    expect(markupOf(message).find((text) => text.startsWith("*Suspects"))).toMatch(/\d+ or more besides>$/);
    expectSafe(plainAlertMessage(shown));
  });

  it("is taken by Slack and means what we meant: notes", () => {
    fc.assert(
      fc.property(anyNote, anyText, (note, branch) => expectSafe(noteMessage(failing({ branch }), note, 1))),
      { numRuns: effort(300, 30) },
    );
  });

  it("is taken by Slack and means what we meant: answers", () => {
    const anyRow = fc.record({ view: anyView, permalink: fc.constantFrom(null, previousUrl) });
    const anyRows = fc.array(anyRow, { maxLength: 8 });
    fc.assert(
      fc.property(anyRows, fc.array(anyMute, { maxLength: 8 }), anyText, anyActor, (rows, mutes, text, actor) => {
        const listed = rows.map(({ view, permalink }) => ({ ...view, permalink }));
        const pattern = { pipeline: text, branch: text, job: text, only: null };
        const by = SlackActor.parse(actor);
        const value = { alert: AlertId.parse("0123456789ab-1"), version: 1 };
        expectSafe(statusReply(listed));
        expectSafe(mutesReply(mutes));
        expectSafe(subscriptionsReply([pattern]));
        expectSafe(alreadyAcknowledged(value, by, 0, 1));
        expectSafe(rerunRefused(text, "rebuild"));
        expectSafe(couldNotSave(text));
        expectSafe(unmuteDone(mutes.map(({ scope }) => scope)));
        expectSafe(refusalReply(refused(`${quoted(text)} ${text || "x"}`)));
        const parsed = parseCommand(`status ${text}`, 0, "UTC");
        if (isProblem(parsed)) expectSafe(problemReply(parsed));
        for (const { view, permalink } of rows) {
          const entry = {
            at: 0,
            action: "mute",
            user: "U1",
            name: by.name,
            from: "home",
            alert: null,
            detail: text,
          } as const;
          const match = { pipeline: text, branch: text };
          const source = { file: ".github/signalbox.yml", line: 3 } as const;
          const rules = { route: { match, source }, track: { ...match, source }, settings: usualSettings };
          const repository = { name: text, problem: { since: 1, mistakes: [{ line: 1, message: text }] } };
          expectSafe(whyReply({ view, permalink, mutes, ...rules, repository, nextReminder: 1, audit: [entry] }));
          const rule = { job: text, match, until: 1, reason: text, source };
          expectSafe(mutesReply(mutes, [{ rule, repository: text }]));
        }
      }),
      { numRuns: effort(60, 10) },
    );
  });

  it("is taken by Slack and means what we meant: dialogs and the Home tab", () => {
    const anyPage = orNull(fc.record({ list: fc.constantFrom("mine", "waiting", "mutes"), page: fc.nat(3) }));
    const anyAlerts = fc.array(fc.record({ view: anyView, permalink: fc.constantFrom(null, previousUrl) }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(anyAlerts, fc.array(anyMute, { maxLength: 20 }), anyPage, (alerts, mutes, page) => {
        const facts = { mine: alerts, waiting: alerts, mutes, login: null, notify: "off", page } as const;
        expectSafeView(homeView(facts), "home");
        for (const { view } of alerts) {
          const dialog = { alert: view.alert, channel: null, from: "home", preview: null, timeZone: "UTC" } as const;
          expectSafeView(muteDialog(dialog), "modal");
          expectSafeView(muteDialog({ ...dialog, preview: { job: 1, jobEverywhere: 2, branch: 3 } }), "modal");
        }
      }),
      { numRuns: effort(40, 8) },
    );
  });
});

/** A link or a date of ours, or a mention that we meant. */
const ours =
  /<(?:!date\^\d+\^[^|<>]+|https:\/\/(?:buildkite\.com|github\.com|acme\.slack\.com)\/[\w./#-]+)\|([^|<>]+)>|<@U0OURS>|<!subteam\^S0OURS>|<#C0123>/g;

function expectSafe(message: Message): void {
  expect(checkMessage(message, "chat.update")).toEqual([]);
  expect(message.text.trim()).not.toBe("");
  expect(message.text.length).toBeLessThanOrEqual(3_900);
  expect(message.text.replace(ours, "")).not.toMatch(/[<>\n]/);
  expectSafeMarkup(message, markupOf(message));
}

function expectSafeView(view: ModalView | HomeView, surface: Surface): void {
  expect(checkView(view, surface)).toEqual([]);
  expectSafeMarkup(view, markupIn(view.blocks));
}

function expectSafeMarkup(whole: object, texts: readonly string[]): void {
  expect(JSON.stringify(whole)).not.toMatch(/\\ud|[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/i);
  for (const markup of texts) {
    const rest = markup.replace(ours, "$1");
    expect(rest).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)|^&gt;/m);
    // Bold and code come in pairs and lie on one line; strike and italic we do not use.
    expect(rest.replace(/`[^`\n]+`/g, "code").replace(/\*[^*\n]+\*/g, "bold")).not.toMatch(/[`*~]/);
  }
}
