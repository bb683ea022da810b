import { describe, expect, it } from "vitest";
import { code, fenced, folded, foreign, link, md, paragraphs, words } from "../../../src/github/messages/markdown.ts";

/** The word joiner, for people to see. */
function seen(text: string | undefined): string | undefined {
  return text?.replaceAll("\u2060", "¦");
}

describe("text of others", () => {
  it.each([
    ["cannot mention a person", "thanks @ada-l", "thanks @¦ada-l"],
    ["cannot mention a team", "cc @acme/everyone", "cc @¦acme/everyone"],
    ["cannot refer to an issue", "Fixes #12, acme/web#3 and GH-4", "Fixes #¦12, acme/web#¦3 and GH-¦4"],
    ["cannot refer to a commit", "since 4bb485c of acme/web@4bb485c", "since 4¦bb485c of acme/web@¦4¦bb485c"],
    ["cannot refer to an advisory", "GHSA-abcd and CVE-2026-1", "GHSA-¦abcd and CVE-¦2026-1"],
    ["cannot link", "https://evil.example www.evil.example", "https:¦//evil.example www¦.evil.example"],
    ["cannot link in Markdown", "[a](javascript:x) ![b](c)", "\\[a\\](javascript:x) \\!\\[b\\](c)"],
    ["cannot be HTML", "<img src=x> & <!-- a -->", "&lt;img src=x&gt; &amp; &lt;\\!-- a --&gt;"],
    ["cannot pretend to be escaped", "&lt;b&gt; \\*", "&amp;lt;b&amp;gt; \\\\\\*"],
    ["cannot format", "*a* _b_ ~~c~~ `d` |", "\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\`d\\` \\|"],
    ["cannot be a formula", "$x$", "&#36;x&#36;"],
    ["cannot begin a heading, a list or a quotation", "# 1", "\\# 1"],
    ["cannot begin a numbered list", "1. a", "1\\. a"],
    ["cannot be several lines", "a\r\n\n# b\u2028c", "a # b c"],
    ["cannot turn the direction, nor hide", "a\u202eb\u200bc\u0000", "abc"],
    ["keeps its emoji", ":rspec: 👩‍🚀 Specs", ":rspec: 👩‍🚀 Specs"],
  ])("%s", (_, text, expected) => {
    expect(seen(foreign(text, 100)?.markdown)).toBe(expected);
  });

  it("is nothing when nobody can see it", () => {
    expect(foreign(" \u200b\n", 100)).toBeNull();
    expect(code("\u202e", 100)).toBeNull();
    expect(fenced(["", " \u200b"], 100)).toBeNull();
  });

  it("is cut between characters, before it is escaped", () => {
    expect(foreign("😀".repeat(10), 5)?.markdown).toBe("😀😀…");
    expect(foreign("*".repeat(100), 3)?.markdown).toBe("\\*\\*…");
  });

  it("cannot leave its code", () => {
    expect(code("a`b", 100)?.markdown).toBe("``a`b``");
    expect(code("`a``", 100)?.markdown).toBe("``` `a`` ```");
    expect(code(" main ", 100)?.markdown).toBe("`main`");
    expect(fenced(["```", "x", "`````"], 100)?.markdown).toBe("``````text\n```\nx\n`````\n``````");
  });

  it("cannot leave the line that folds something away", () => {
    expect(seen(folded('</summary><img src="x"> @ada', words("body")).markdown)).toBe(
      "<details>\n<summary>&lt;/summary&gt;&lt;img src=&quot;x&quot;&gt; @¦ada</summary>\n\nbody\n\n</details>",
    );
  });
});

it("is put together from safe parts", () => {
  const job = link("https://buildkite.com/a", foreign("a]b", 10) ?? md``);
  expect(md`${job} failed ${2} times`.markdown).toBe("[a\\]b](https://buildkite.com/a) failed 2 times");
  expect(link(null, md`x`)).toEqual(md`x`);
});

it("leaves out whole paragraphs for which there is no room", () => {
  expect(paragraphs([md`aa`, null, md``, md`bb`, md`cc`], 9).markdown).toBe("aa\n\nbb");
});
