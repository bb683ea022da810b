import { describe, expect, it } from "vitest";
import { checkView } from "../../../sandbox/slack/block-kit-view.ts";
import { actionIds } from "../../../src/slack/action-ids.ts";
import { linkDialog, readLinkDialog } from "../../../src/slack/messages/link-dialog.ts";
import { readView } from "./reading.ts";

const carried = { action: actionIds.rerun, value: "0123456789ab-1042:7" };

function submitted(value: string | null, metadata = linkDialog({ carried, channel: "C0123" }).private_metadata ?? "") {
  return readLinkDialog({ "link.login": { "link.login": { type: "plain_text_input", value } } }, metadata);
}

describe("the dialog that links a GitHub login", () => {
  it("asks for the login", () => {
    const view = linkDialog({ carried: null, channel: null });
    expect(checkView(view, "modal")).toEqual([]);
    expect(readView(view)).toContain("Your GitHub login: <plain_text_input>");
  });

  it("goes on with what needed it", () => {
    expect(submitted("ada")).toEqual({ kind: "link", login: "ada", carried, channel: "C0123" });
    const alone = linkDialog({ carried: null, channel: null }).private_metadata;
    expect(submitted("ada", alone)).toEqual({ kind: "link", login: "ada", carried: null, channel: null });
    expect(submitted("ada", "broken")).toEqual({ kind: "link", login: "ada", carried: null, channel: null });
  });

  it.each(["Ada-Lovelace", " @ada-lovelace ", "https://github.com/ada-lovelace/", "github.com/ada-lovelace"])(
    "reads %s",
    (typed) => expect(submitted(typed)).toMatchObject({ login: "ada-lovelace" }),
  );

  it.each(["", null, "ada lovelace", "<@U0ADA>", "x".repeat(60)])("refuses %s", (typed) => {
    expect(submitted(typed)).toMatchObject({ kind: "errors", errors: { "link.login": expect.any(String) } });
  });
});
