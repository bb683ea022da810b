import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocksHtml, messageHtml, threadHtml } from "../../sandbox/slack/html.ts";
import { mrkdwnHtml, type Reader } from "../../sandbox/slack/mrkdwn-html.ts";
import type { SlackMessage } from "../../sandbox/slack/transcript.ts";

const now = Date.UTC(2026, 8, 21, 10, 42);
const names = new Map([
  ["U0ADA", "Ada <b>"],
  ["C0ALERTS", "ci-alerts"],
  ["S0OWNERS", "payments-owners"],
]);
const reader: Reader = { now, timeZone: "UTC", names };
const html = (mrkdwn: string) => mrkdwnHtml(mrkdwn, reader);

describe("markup as HTML", () => {
  it("takes nothing for a tag, an attribute or an entity that Slack would not", () => {
    expect(html(`<script>alert(1)</script> "x" 'y' & &copy; &lt;b&gt; &amp;lt;`)).toBe(
      "scriptalert(1)/script &quot;x&quot; &#39;y&#39; &amp; &amp;copy; &lt;b&gt; &amp;lt;",
    );
    expect(html("a < b")).toBe("a &lt; b");
    expect(html("`<b>&lt;i&gt;`")).toBe("<code>b&lt;i&gt;</code>");
    expect(html("*&lt;img src=x onerror=alert(1)&gt;*")).toBe("<b>&lt;img src=x onerror=alert(1)&gt;</b>");
  });

  it("links to addresses of the web alone, and never out of the attribute", () => {
    expect(html("<https://example.com/?a=1&amp;b=2|Build #1>")).toBe(
      '<a href="https://example.com/?a=1&amp;b=2">Build #1</a>',
    );
    expect(html(`<https://example.com/"onclick="alert(1)|x>`)).toBe(
      '<a href="https://example.com/&quot;onclick=&quot;alert(1)">x</a>',
    );
    expect(html("<javascript:alert(1)|press me>")).toBe("press me");
    expect(html("<https://example.com|&lt;i&gt;>")).toBe('<a href="https://example.com">&lt;i&gt;</a>');
    expect(html("<https://example.com>")).toBe('<a href="https://example.com">https://example.com</a>');
  });

  it("knows bold, italic, struck and code, one inside the other, and not inside words", () => {
    expect(html("*<https://example.com|Build #1> failed on `a*b`* · x")).toBe(
      '<b><a href="https://example.com">Build #1</a> failed on <code>a*b</code></b> · x',
    );
    expect(html("_a_ ~b~ snake_case_name 2*3*4")).toBe("<i>a</i> <s>b</s> snake_case_name 2*3*4");
    expect(html("`*a* :eyes: <@U0ADA>`\nb")).toBe(
      '<code>*a* :eyes: <span class="mention">@Ada &lt;b&gt;</span></code><br>b',
    );
  });

  it("names people, channels and groups, or shows what it has", () => {
    expect(html("<@U0ADA> <#C0ALERTS> <!subteam^S0OWNERS> <!here> <@U0WHO> <@U0WHO|bob>")).toBe(
      ["@Ada &lt;b&gt;", "#ci-alerts", "@payments-owners", "@here", "@U0WHO", "@bob"]
        .map((name) => `<span class="mention">${name}</span>`)
        .join(" "),
    );
  });

  it("shows emoji that Slack has, and the name of any other", () => {
    expect(html(":eyes: :rspec: 10:42:03")).toBe('<span class="emoji">👀</span> :rspec: 10:42:03');
  });

  it("knows every emoji that messages use", () => {
    const dir = join(import.meta.dirname, "../../src/slack/messages");
    const source = readdirSync(dir).map((file) => readFileSync(join(dir, file), "utf8"));
    const used = source.join("\n").match(/(?<=`):[a-z_]+:(?= )/g) ?? [];
    expect(used.length).toBeGreaterThan(8);
    expect(used.filter((name) => html(name) === name)).toEqual([]);
  });

  it("shows dates as the reader has them, and the fallback of those it does not know", () => {
    const date = (at: number, format = "{date_short_pretty} {time}") => html(`<!date^${at / 1000}^${format}|some day>`);
    const day = 86_400_000;
    expect([now, now - day, now + day, now - 2 * day].map((at) => date(at))).toEqual([
      "today 10:42 AM",
      "yesterday 10:42 AM",
      "tomorrow 10:42 AM",
      "Sep 19, 2026 10:42 AM",
    ]);
    expect(mrkdwnHtml(`<!date^${now / 1000}^{time}|x>`, { ...reader, timeZone: "Asia/Tokyo" })).toBe("7:42 PM");
    expect(date(now, "{date_long} {time}")).toBe("some day");
    expect(html("<!date^soon^{time}|&lt;b&gt;>")).toBe("&lt;b&gt;");
    expect(html("<!date^1e99^{time}|some day>")).toBe("some day");
  });

  it("is quick about what never closes", () => {
    const begun = performance.now();
    for (const mark of ["*", "_", "~", "`", "<", "*`", "*<", ":a"]) html(`${mark}x `.repeat(5_000));
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});

function plain(text: string) {
  return { type: "plain_text", text };
}

function mrkdwn(text: string) {
  return { type: "mrkdwn", text };
}

describe("blocks as HTML", () => {
  it("draws each kind that Signalbox sends", () => {
    const blocks = [
      { type: "header", text: plain("Your <failing> builds") },
      {
        type: "section",
        text: mrkdwn("*a*"),
        fields: [mrkdwn("*b*\nc")],
        accessory: { type: "overflow", options: [] },
      },
      { type: "context", elements: [mrkdwn("d")] },
      { type: "divider" },
      { type: "rich_text", elements: [preformatted("<e> *f* :eyes:")] },
    ];
    expect(blocksHtml(blocks, reader).split("\n")).toEqual([
      "<h2>Your &lt;failing&gt; builds</h2>",
      '<div class="section"><div class="words"><div><b>a</b></div><div class="fields"><div><b>b</b><br>c</div></div></div>' +
        '<button type="button" class="overflow" aria-label="More">⋯</button></div>',
      '<div class="context"><span>d</span></div>',
      "<hr>",
      "<pre>&lt;e&gt; *f* :eyes:</pre>",
    ]);
  });

  it("takes the text of a button literally", () => {
    const buttons = [
      { type: "button", text: plain("*Acknowledge* <b>"), style: "primary" },
      { type: "button", text: plain("View log"), url: `https://example.com/"><b>` },
    ];
    expect(blocksHtml([{ type: "actions", elements: buttons }], reader)).toBe(
      '<div class="actions"><button type="button" class="button primary">*Acknowledge* &lt;b&gt;</button>' +
        '<a class="button" href="https://example.com/&quot;&gt;&lt;b&gt;">View log</a></div>',
    );
  });

  it("fails rather than leave out what it cannot draw", () => {
    expect(() => blocksHtml([{ type: "video" }], reader)).toThrow("Invalid discriminator value");
  });
});

function preformatted(text: string) {
  return { type: "rich_text_preformatted", elements: [{ type: "text", text }] };
}

describe("a message as HTML", () => {
  const app = { name: "signal<box>", picture: 'data:image/svg+xml,"' };
  const message = (at: number, text: string, replies: readonly SlackMessage[] = []): SlackMessage => ({
    ...{ ts: `${at / 1000}.000100`, threadTs: null, user: "U0SIGNALBOX", text, blocks: [], attachments: [] },
    ...{ metadata: null, edits: 0, deleted: false, broadcast: false, reactions: [], replies },
  });
  const replies = [
    message(now, "first"),
    { ...message(now, "taken back"), deleted: true },
    message(now + 60_000, "*second*"),
  ];

  it("says who, when and how much its thread has", () => {
    const shown = messageHtml(message(now, "a &lt; b", replies), app, reader);
    expect(shown).toContain('<img class="avatar" src="data:image/svg+xml,&quot;" alt="">');
    expect(shown).toContain('signal&lt;box&gt;</span> <span class="app">APP</span> <time>10:42 AM</time>');
    expect(shown).toContain('<div class="section">a &lt; b</div>');
    expect(shown).toContain('<span class="replies">2 replies</span><time>Last reply today at 10:43 AM</time>');
    expect(messageHtml(message(now, "alone"), app, reader)).not.toContain("<footer>");
  });

  it("unfolds the thread", () => {
    const shown = threadHtml(message(now, "red", replies), app, reader);
    expect(shown.match(/<div class="section">.*?<\/div>/g)).toEqual([
      '<div class="section">first</div>',
      '<div class="section"><b>second</b></div>',
    ]);
    expect(shown).toContain('<div class="count">2 replies</div>');
  });
});
