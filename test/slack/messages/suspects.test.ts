import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { SlackUser } from "../../../src/domain/ids.ts";
import type { FoundSuspects, Suspect } from "../../../src/domain/suspects.ts";
import { alertMessage } from "../../../src/slack/messages/alert.ts";
import { whyNobody } from "../../../src/slack/messages/suspects.ts";
import type { AlertView } from "../../../src/slack/messages/view.ts";
import { read } from "./reading.ts";
import { build, failing, fixed, pullSuspect, suspectsOf, view } from "./samples.ts";

function message(changes: Partial<AlertView>, alert = failing()): string {
  const shown = alertMessage(view(alert, changes), { previousUrl: null });
  expect(checkMessage(shown, "chat.update")).toEqual([]);
  return read(shown);
}

/** The part about the suspects, with links as `[text](…)`. */
function part(list: readonly Suspect[], changes: Partial<FoundSuspects> = {}): string {
  const blocks = message({ suspects: suspectsOf(list, changes) }).split("\n----\n");
  const found = blocks.find((block) => /^\*(?:Likely cause|Suspect)/.test(block)) ?? "";
  return found.replace(/<https:\/\/github\.com\/acme-inc\/payments-api\/([^|]*)\|([^>]*)>/g, "[$2]($1)");
}

const nobody = { name: null, email: null, username: null };
const commit: Suspect = {
  kind: "commit",
  sha: "9ab31c2f00".padEnd(40, "0"),
  title: "Bump deps",
  author: { ...nobody, name: "Grace Hopper" },
  committer: null,
  coAuthors: [],
  reverts: null,
};
const renovate = { ...nobody, username: "renovate[bot]" };
const ada = { ...nobody, name: "Ada Lovelace" };

describe("the suspects of an alert", () => {
  it("are one, which must have done it", () => {
    expect(part([pullSuspect(512, { title: "Round half-even (#512)" })])).toMatchInlineSnapshot(
      `"*Likely cause* [#512 Round half-even](pull/512) by Ada Lovelace"`,
    );
    expect(part([commit])).toMatchInlineSnapshot(
      `"*Likely cause* [9ab31c2 Bump deps](commit/9ab31c2f00000000000000000000000000000000) by Grace Hopper"`,
    );
  });

  it("are one of which nobody can be sure", () => {
    expect(part([pullSuspect(512)], { truncated: true, green: null, base: null })).toMatchInlineSnapshot(
      `"*Suspect* [#512 Change 512](pull/512) by Ada Lovelace"`,
    );
  });

  it("are several, newest first, and more than there is room for", () => {
    const list = [pullSuspect(516), commit, pullSuspect(514), pullSuspect(513), pullSuspect(512)];
    expect(part(list, { total: 12 })).toMatchInlineSnapshot(`
      "*Suspects (12)*
      • [#516 Change 516](pull/516) by Ada Lovelace
      • [9ab31c2 Bump deps](commit/9ab31c2f00000000000000000000000000000000) by Grace Hopper
      • [#514 Change 514](pull/514) by Ada Lovelace
      • [#513 Change 513](pull/513) by Ada Lovelace
      • [#512 Change 512](pull/512) by Ada Lovelace
      • and [7 more](compare/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee...4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180)"
    `);
    expect(part(list, { total: 100, truncated: true }).split("\n").at(-1)).toMatchInlineSnapshot(
      `"• and [95 or more besides](compare/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee...4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180)"`,
    );
    expect(part(list.slice(0, 2), { truncated: true, base: null }).split("\n").at(-1)).toMatchInlineSnapshot(
      `"• and more"`,
    );
  });

  it("are none, when the last green build had the same changes", () => {
    expect(part([])).toMatchInlineSnapshot(
      `"*Suspects* none: <https://buildkite.com/acme-inc/payments-api/builds/1041|green build #1041> had the same changes"`,
    );
  });

  it.each<[string, Suspect, string]>([
    [
      "a bot's, and who merged it",
      pullSuspect(9, { author: renovate, mergedBy: ada }),
      "by `@renovate[bot]`, merged by Ada Lovelace",
    ],
    ["a bot's that a bot merged", pullSuspect(9, { author: renovate, mergedBy: renovate }), "by `@renovate[bot]`"],
    [
      "a bot's commit, and who put it there",
      { ...commit, author: renovate, committer: ada },
      "by `@renovate[bot]`, committed by Ada Lovelace",
    ],
    [
      "of several",
      pullSuspect(9, { coAuthors: [{ ...nobody, username: "bob" }, ada] }),
      "by Ada Lovelace with `@bob` and 1 more",
    ],
    ["of nobody who is there any more", pullSuspect(9, { author: null }), "merged by `@grace`"],
    ["of somebody without a name", pullSuspect(9, { author: { ...nobody, username: "eve" } }), "by `@eve`"],
    ["a revert", pullSuspect(9, { reverts: { commit: null, pull: 7 } }), "by Ada Lovelace (reverts [#7](pull/7))"],
    [
      "a revert of a commit",
      pullSuspect(9, { reverts: { commit: "9ab31c2f00", pull: null } }),
      "by Ada Lovelace (reverts [9ab31c2](commit/9ab31c2f00))",
    ],
  ])("say whose they are: %s", (_, suspect, expected) => {
    expect(part([suspect]).split(") ").slice(1).join(") ")).toBe(expected);
  });

  it("make nobody a link, a mention or a heading", () => {
    const title = "<!channel> *bold* [x](https://evil.example) | <@U1>";
    expect(part([pullSuspect(9, { title, author: { ...nobody, name: "<@U1>" } })])).toMatchInlineSnapshot(
      `"*Likely cause* [#9 &lt;!channel&gt; ∗bold∗ [x](https://evil.example) ∣ &lt;@U1&gt;](pull/9) by &lt;@U1&gt;"`,
    );
  });
});

describe("the author of a red branch", () => {
  const merged = failing({
    since: build(1042, { person: "Grace Hopper" }),
    newest: build(1042, { person: "Grace Hopper" }),
  });

  it("is who wrote the change and not who merged it, when there is one change", () => {
    expect(message({ suspects: suspectsOf([pullSuspect(512)]) }, merged)).toContain("*Author*\nAda Lovelace");
    expect(message({ suspects: suspectsOf([pullSuspect(512), commit]) }, merged)).toContain("*Author*\nGrace Hopper");
    expect(message({}, merged)).toContain("*Author*\nGrace Hopper");
  });

  it("is addressed once", () => {
    const text = message({ suspects: suspectsOf([pullSuspect(512)]), mention: SlackUser.parse("U0ADA") });
    const [notification, ...blocks] = text.split("\n----\n");
    expect(notification).toContain("Author <@U0ADA>");
    expect(blocks.join("\n").match(/<@U0ADA>/g)).toHaveLength(1);
  });

  it("is no news any more when it is fixed", () => {
    expect(message({ suspects: suspectsOf([pullSuspect(512)]) }, fixed("build", build(1043)))).not.toContain("cause");
  });
});

describe("why it mentions nobody", () => {
  it.each<[readonly Suspect[], boolean, string | null]>([
    [[], false, "nothing changed since the last green build"],
    [[commit], false, null],
    [[commit], true, "it may be any of 1 or more changes"],
    [[commit, pullSuspect(512)], false, "it may be any of 2 changes"],
  ])("is said", (list, truncated, expected) => {
    expect(whyNobody(suspectsOf(list, { truncated }))?.mrkdwn ?? null).toBe(expected);
  });
});
