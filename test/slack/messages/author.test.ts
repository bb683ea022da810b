import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import { SlackUser } from "../../../src/domain/ids.ts";
import { authorMessage, authorReply } from "../../../src/slack/messages/author.ts";
import { noteMessage } from "../../../src/slack/messages/note.ts";
import { buttonsOf, read } from "./reading.ts";
import { failing, verdict, view } from "./samples.ts";

const ada = SlackUser.parse("U0ADA");
const hostile = {
  branch: "<!channel> <@U0BOB> `main`".padEnd(5000, "*_~"),
  pipelineName: "<https://evil.example|API>".repeat(200),
};

describe("the author of a change", () => {
  it("is told directly what broke, and can act from there", () => {
    const message = authorMessage(view(failing()), "https://acme.slack.com/archives/C0123/p1");
    expect(read(message)).toMatchInlineSnapshot(`
      "[main of Payments API broke with your build #1042.]
      ----
      :red_circle: \`main\` of Payments API broke with <https://buildkite.com/acme-inc/payments-api/builds/1042|your build #1042>.
      Failed: :rspec: Specs, :rubocop: Lint · <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|View log>
      ----
      [I am on it] [Wrong person?] [Open the alert]"
    `);
    expect(buttonsOf(message).map(([label]) => label)).toEqual(["I am on it", "Wrong person?", "Open the alert"]);
  });

  it("is called in the thread", () => {
    const message = authorReply(view(failing()), ada);
    expect(read(message)).toMatchInlineSnapshot(`
      "[<@U0ADA>, main broke with your change: build #1042]
      ----
      <@U0ADA>, \`main\` broke with your change: <https://buildkite.com/acme-inc/payments-api/builds/1042|build #1042>
      ----
      [Wrong person?]"
    `);
    expect(buttonsOf(message)).toEqual([["Wrong person?", "alert.decline", "0123456789ab-1042:7"]]);
  });

  it("is told nothing that others could put into it", () => {
    const alert = failing({ ...hostile, verdict: verdict([]) });
    for (const message of [authorMessage(view(alert), null), authorReply(view(alert), ada)]) {
      expect(checkMessage(message)).toEqual([]);
      expect(JSON.stringify(message)).not.toMatch(/<!channel>|<@U0BOB>|<https:\/\/evil/);
    }
  });

  it("is called by the note that the branch broke again, when it was their change", () => {
    const note = { kind: "brokeAgain", build: 1042, person: "Ada Lovelace", timesBroken: 2 } as const;
    expect(noteMessage(failing(), note, 7, ada).text).toContain("change by");
    expect(JSON.stringify(noteMessage(failing(), note, 7, ada).blocks)).toContain("change by <@U0ADA>");
    const other = { ...note, build: 1050 };
    expect(JSON.stringify(noteMessage(failing(), other, 7, ada).blocks)).toContain("change by Ada Lovelace");
  });
});
