import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { AlertId, SlackGroup } from "../../../src/domain/ids.ts";
import { GithubLogin } from "../../../src/domain/person.ts";
import { quoted, refused } from "../../../src/domain/refusal.ts";
import { actionIds } from "../../../src/slack/action-ids.ts";
import type { Message } from "../../../src/slack/messages/blocks.ts";
import {
  alreadyYours,
  handlingDone,
  linkDone,
  notifyDone,
  rerunDone,
  subscribeDone,
  unlinkDone,
  unsubscribeDone,
} from "../../../src/slack/messages/done.ts";
import { reminderMessage } from "../../../src/slack/messages/reminder.ts";
import {
  alreadyAcknowledged,
  clickAgain,
  couldNotSave,
  fixedMeanwhile,
  mentionTakenBack,
  muteDone,
  noApiToken,
  nobodyIsOnIt,
  noLongerTracked,
  notAllowed,
  refusalReply,
  rerunAlreadyAsked,
  rerunRefused,
  unmuteDone,
} from "../../../src/slack/messages/replies.ts";
import { buttonsOf, read } from "./reading.ts";
import { ada, brokeAt, build, failing, fixed, minute, mute, rerun, view } from "./samples.ts";

const about = { alert: AlertId.parse("0123456789ab-1042"), version: 7 };
const value = "0123456789ab-1042:7";
const now = brokeAt + 3 * minute;

/** The sentence alone. */
function said(message: Message): string {
  expect(checkMessage(message)).toEqual([]);
  return read(message).split("\n----\n")[1] ?? "";
}

describe("what is said to whoever clicked", () => {
  it("says who was faster, and offers to take over", () => {
    const reply = alreadyAcknowledged(about, ada, brokeAt, now);
    expect(said(reply)).toBe("*Ada* acknowledged this 3 min ago.");
    expect(buttonsOf(reply)).toEqual([["Take over", "alert.take_over", value]]);
    // Two clocks may differ.
    expect(said(alreadyAcknowledged(about, ada, now, brokeAt))).toContain("less than a minute ago");
  });

  it("offers to take what nobody is on", () => {
    expect(said(nobodyIsOnIt(about))).toBe("Nobody is on it at the moment.");
    expect(buttonsOf(nobodyIsOnIt(about))).toEqual([["Acknowledge", "alert.acknowledge", value]]);
  });

  it("says that it was fixed meanwhile, and by what", () => {
    expect(said(fixedMeanwhile(fixed("build", build(1044, { person: "Grace Hopper" }))))).toMatch(
      /^There is nothing left to do\. .*Fixed by <.*\|#1044> \(Grace Hopper\) after 43 min\.$/,
    );
    expect(said(fixedMeanwhile(failing()))).toBe("The alert has changed: have another look at it.");
  });

  it("says why somebody may not, and what to do", () => {
    const carried = { action: actionIds.rerun, value };
    const whys = ["guest", "bot", "deactivated", "otherWorkspace", "notLinked"] as const;
    expect(whys.map((why) => said(notAllowed({ ok: false, why }, carried)))).toEqual([
      "Guests cannot do this. Ask a full member of the workspace.",
      "Apps cannot do this: it takes a person.",
      "Your account is deactivated, so you cannot do this.",
      "Only people of the workspace that Signalbox is installed in can do this.",
      "This takes a linked GitHub login, and Signalbox does not know yours.",
    ]);
    const groups = ["S0ONE", "S0TWO"].map((id) => SlackGroup.parse(id));
    expect(said(notAllowed({ ok: false, why: "notInGroup", groups }, null))).toBe(
      "This is for members of <!subteam^S0ONE>, <!subteam^S0TWO>.",
    );
    expect(said(notAllowed({ ok: false, why: "notInGroup", groups: [] }, null))).toContain("nobody at the moment");
  });

  it("carries the action to where a login is linked", () => {
    const carried = { action: actionIds.rerun, value };
    const labels = (to: typeof carried | null) => buttonsOf(notAllowed({ ok: false, why: "notLinked" }, to));
    expect(labels(carried)).toEqual([["Link my GitHub login", "link.open", `alert.rerun:${value}`]]);
    expect(labels(null)).toEqual([["Link my GitHub login", "link.open", "none"]]);
  });

  it("says how a rerun went that did not", () => {
    expect(said(rerunRefused("Jobs cannot be retried.", null))).toBe(
      "Buildkite did not run it again: Jobs cannot be retried.",
    );
    expect(said(rerunRefused(" ", "rebuild"))).toBe(
      "Buildkite did not run it again: it gave no reason. A rebuild may work: its button is on the alert now.",
    );
    expect(said(rerunAlreadyAsked(rerun("retry"), now))).toBe(
      "*Ada* asked for a rerun 3 min ago: the alert will show how it went.",
    );
  });

  it("says what was muted, and what no longer is", () => {
    const { scope, until, reason } = mute();
    expect(said(muteDone({ scope, until, reason }))).toMatch(/^:no_bell: You muted \*:rspec: Specs\* on `main` until /);
    expect(said(unmuteDone([scope]))).toBe(":bell: You unmuted *:rspec: Specs* on `main`");
    expect(said(unmuteDone([]))).toBe("Nothing is muted here any more.");
  });

  it("keeps what a refusal quotes as code, and takes nothing else of it for markup", () => {
    expect(said(refusalReply(refused(`${quoted("<!here> *x*")} is not a pipeline; use * for any text.`)))).toBe(
      "`&lt;!here&gt; ∗x∗` is not a pipeline; use ∗ for any text.",
    );
    expect(said(refusalReply(refused("an odd ` back-tick")))).toBe("an odd ' back-tick");
  });

  it("has a sentence for all else", () => {
    const replies = [
      noLongerTracked(),
      couldNotSave(),
      couldNotSave("req-1"),
      noApiToken(),
      clickAgain(),
      mentionTakenBack(failing()),
      ...(["acknowledge", "takeOver", "confirm", "unacknowledge", "handBack"] as const).map((action) =>
        handlingDone(action, failing()),
      ),
      alreadyYours(failing()),
      rerunDone("retry", failing()),
      rerunDone("rebuild", failing()),
      subscribeDone({ pipeline: "shop", branch: "main", job: null, only: ["broken"] }),
      unsubscribeDone([]),
      unsubscribeDone([{ pipeline: "shop", branch: null, job: null, only: null }]),
      linkDone(GithubLogin.parse("ada")),
      unlinkDone(GithubLogin.parse("ada")),
      unlinkDone(null),
      ...(["dm", "channel", "off"] as const).map(notifyDone),
    ];
    // To take over is to acknowledge, and to hand back is to un-acknowledge.
    expect(new Set(replies.map(said)).size).toBe(replies.length - 2);
    expect(said(couldNotSave("req-1"))).toContain("tell your operator: req-1.");
  });
});

describe("the direct message to an author", () => {
  const permalink = "https://acme.slack.com/archives/C0123/p1";

  it("says what is red, since when nobody is on it, and what failed", () => {
    expect(read(reminderMessage(view(failing()), permalink))).toMatchInlineSnapshot(`
      "[main of Payments API is red since your build #1042, and nobody is on it since 2026-09-21 10:03 UTC.]
      ----
      :bell: \`main\` of Payments API is red since <https://buildkite.com/acme-inc/payments-api/builds/1042|your build #1042>, and nobody is on it since <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>.
      Failed: :rspec: Specs, :rubocop: Lint · <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|View log>
      ----
      [I am on it] [Wrong person?] [Open the alert]"
    `);
  });

  it("can be answered from where it is", () => {
    const message = reminderMessage(view(failing()), permalink);
    expect(checkMessage(message)).toEqual([]);
    expect(buttonsOf(message)).toEqual([
      ["I am on it", "alert.acknowledge", value],
      ["Wrong person?", "alert.decline", value],
      ["Open the alert", "alert.open", undefined],
    ]);
    expect(buttonsOf(reminderMessage(view(failing()), null))).toHaveLength(2);
  });
});
