import { describe, expect, it } from "vitest";
import { readContent, readMessage } from "../../sandbox/slack/read.ts";
import { alertBlocks, button, option, startWithApp } from "./slack-app.ts";
import { ada } from "./slack-harness.ts";

function mrkdwn(text: string) {
  return { type: "mrkdwn", text };
}

describe("a message as a person reads it", () => {
  it("shows what can be pressed in a line", async () => {
    await using it = await startWithApp();
    await it.web.chat.postMessage({ channel: "C1", text: "red", blocks: alertBlocks });
    const [message] = it.slack.channel("ci").messages;
    expect(readMessage(message ?? expect.fail("nothing was posted"))).toBe(
      "*Build #1* failed\n[Acknowledge] [Rerun failed jobs] [Mute…] [⋯]",
    );
  });

  it("shows what stands beside a section on its first line", () => {
    const menu = { type: "overflow", action_id: "more", options: [option("Take over", "take_over:a1")] };
    const blocks = [
      {
        type: "section",
        text: mrkdwn("*main* is red\nsince 10:42"),
        accessory: menu,
        fields: [mrkdwn("*Jobs*\n2 of 9")],
      },
      { type: "context", elements: [mrkdwn("by Ada"), mrkdwn("2 &lt; 3")] },
      { type: "divider" },
      { type: "image", image_url: "https://example.com/a.png", alt_text: "a graph" },
    ];
    const text = "*main* is red  [⋯]\nsince 10:42\n*Jobs* 2 of 9\nby Ada  2 < 3\n────\n(a graph)";
    expect(readContent({ text: "red", blocks })).toBe(text);
  });

  it("shows selects with what they hold", () => {
    const select = (more: object) => ({ type: "static_select", options: [option("1 hour", "1h")], ...more });
    const elements = [
      button("Unmute", "alert.unmute"),
      select({ placeholder: { type: "plain_text", text: "Until" } }),
      { type: "checkboxes", action_id: "c", options: [option("DM", "dm")] },
      { type: "users_select", action_id: "u" },
    ];
    const blocks = [{ type: "actions", elements }];
    expect(readContent({ text: "x", blocks })).toBe("[Unmute] [Until ▾] [ ] DM []");
    expect(readContent({ text: `hello <@${ada.id}>`, blocks: [] })).toBe("hello <@U0ADA>");
  });
});
