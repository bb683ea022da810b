import { describe, expect, it } from "vitest";
import { cut, logLine, oneLine } from "../../../src/domain/text.ts";
import { code, foreign, link, md, spoken } from "../../../src/slack/messages/mrkdwn.ts";
import { dateTime, duration, enumerated, ordinal } from "../../../src/slack/messages/words.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

describe("text of others", () => {
  it.each([
    ["becomes one line", "  Fix\r\n\n the\tbuild\u2028now\u0000 ", "Fix the build now"],
    ["cannot mention", "<!channel> & <@U1>", "&lt;!channel&gt; &amp; &lt;@U1&gt;"],
    ["cannot pretend to be escaped", "&lt;!here&gt;", "&amp;lt;!here&amp;gt;"],
    ["cannot format", "*bold* ~gone~ `code` _slanted_", "∗bold∗ ∼gone∼ ˋcodeˋ ˍslantedˍ"],
    ["keeps the underscores in a name", "unit_tests_2", "unit_tests_2"],
    ["cannot begin a quotation", ">> wise words > few", "› wise words &gt; few"],
    ["cannot turn the direction", "safe\u202egnp.exe\u2066", "safegnp.exe"],
    ["cannot hide anything", "a\u200bb\u00adc\u{e0041}d\ufeff", "abcd"],
    ["keeps its emoji", ":rspec: 👩‍🚀 ❤️ Specs", ":rspec: 👩‍🚀 ❤️ Specs"],
    ["loses a joiner that joins nothing", "a\u200db", "ab"],
    ["loses half a character", "a\ud83db", "a\ufffdb"],
  ])("%s", (_, text, expected) => {
    expect(foreign(text, 100)?.mrkdwn).toBe(expected);
  });

  it("is nothing when nobody can see it", () => {
    expect(foreign(" \u200b\n\u202e", 100)).toBeNull();
    expect(code("", 100)).toBeNull();
  });

  it("cannot leave its code span, nor end the bold around it", () => {
    expect(md`*${code("a`b*c_d~e<f", 100) ?? md``}*`.mrkdwn).toBe("*`aˋb∗c_d∼e&lt;f`*");
  });

  it("cannot end the link whose label it is", () => {
    expect(link("https://example.com/?a=1&b=2", foreign("Unit | <x>", 100) ?? md``).mrkdwn).toBe(
      "<https://example.com/?a=1&amp;b=2|Unit ∣ &lt;x&gt;>",
    );
  });

  it("is cut between characters and before it is escaped", () => {
    expect(cut("exactly", 7)).toBe("exactly");
    expect(cut("too long", 5)).toBe("too…");
    expect(cut("aaa😀bbb", 5)).toBe("aaa…");
    expect(cut("aaa😀bbb", 6)).toBe("aaa😀…");
    expect(foreign("<".repeat(10_000), 4)?.mrkdwn).toBe("&lt;&lt;&lt;…");
  });

  it("keeps its indentation in a log", () => {
    expect(logLine("\t  at \u001b[31mx\u202e  ")).toBe("    at [31mx");
    expect(oneLine("\t  at x")).toBe("at x");
  });
});

describe("what is spoken", () => {
  it("has neither links nor formatting nor decoration", () => {
    const job = link("https://example.com", md`:rspec: :white_check_mark: Specs`);
    expect(spoken(md`:red_circle: *${job}* failed on ${code("main", 9) ?? md``}\nat 12:30:45`)).toBe(
      "Specs failed on main at 12:30:45",
    );
  });

  it("quotes nothing, whatever is left of a name", () => {
    expect(spoken(md`:red_circle: *${code(":rspec: >> main", 99) ?? md``}* failed`)).toBe("› main failed");
  });

  it("keeps an emoji that is the whole name", () => {
    expect(spoken(md`failed: :pipeline:, :docker: · x`)).toBe("failed: :pipeline:, :docker: · x");
  });
});

describe("numbers and times", () => {
  it("are counted in English", () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map((n) => ordinal(n).mrkdwn).join(" ")).toBe(
      "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 103rd 111th",
    );
  });

  it.each([
    [20 * second, "less than a minute"],
    [43 * minute + 59 * second, "43 min"],
    [hour, "1 h"],
    [2 * hour + 5 * minute, "2 h 5 min"],
    [day + hour, "25 h"],
    [3 * day + 11 * hour, "3 days"],
  ])("%i ms last %s", (ms, expected) => {
    expect(duration(ms).mrkdwn).toBe(expected);
  });

  it("are shown in the reader's time zone, in UTC where that is not possible", () => {
    expect(dateTime(Date.UTC(2026, 10, 22, 10, 0, 59))?.mrkdwn).toBe(
      "<!date^1795341659^{date_short_pretty} {time}|2026-11-22 10:00 UTC>",
    );
  });

  it.each([0, -1, Number.NaN, 9e15])("are left out when they are none: %d", (at) => {
    expect(dateTime(at)).toBeNull();
  });

  it("make a list", () => {
    expect(enumerated([md`a`]).mrkdwn).toBe("a");
    expect(enumerated([md`a`, md`b`], 3).mrkdwn).toBe("a, b and 3 more");
  });
});
