import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandLines, mentionsUs } from "../../src/domain/comment-lines.ts";
import { anyCharacter } from "../harness/text.ts";

const lines = (...text: readonly string[]): string => text.join("\n");

describe("lines of a comment that are commands", () => {
  it.each<[string, string, string[]]>([
    ["a command alone", "/signalbox rerun", ["rerun"]],
    ["without anything", "/signalbox", [""]],
    ["after up to three spaces", "   /signalbox rerun  ", ["rerun"]],
    ["in another case", "/SignalBox Rerun", ["Rerun"]],
    ["with line ends of Windows", "Hello\r\n/signalbox rerun\r\n/signalbox status\r\n", ["rerun", "status"]],
    ["within a paragraph", lines("This looks like a flake.", "/signalbox rerun", "Thanks!"), ["rerun"]],
    ["several, in order", lines("/signalbox mute lint", "", "/signalbox rerun"), ["mute lint", "rerun"]],
    ["after a quotation and a blank line", lines("> is it flaky?", "", "/signalbox rerun"), ["rerun"]],
    ["after a fence", lines("```", "x", "```", "/signalbox rerun"), ["rerun"]],
    ["after a list that held a fence", lines("- ```", "  x", "/signalbox rerun"), ["rerun"]],
    ["after a comment", lines("<!-- template", "", "text -->", "/signalbox rerun"), ["rerun"]],
    ["with a comment at its end", "/signalbox rerun <!-- please -->", ["rerun"]],
    ["with code for a name", "/signalbox mute `unit tests`", ["mute `unit tests`"]],
    ["after a back-tick that nothing closes", lines("a ` b", "/signalbox rerun", "", "c ` d"), ["rerun"]],
    ["after an escaped back-tick", lines("a \\` b", "/signalbox rerun", "c ` d"), ["rerun"]],
    ["after code that looks like a comment", lines("`<!--`", "/signalbox rerun"), ["rerun"]],
    ["after back-ticks on one line", lines("``` not a fence ```", "/signalbox rerun"), ["rerun"]],
    ["after a comment that nothing ends, within a text", lines("see <!-- here", "/signalbox rerun"), ["rerun"]],
    ["in the second item of a list", lines("1. first", "", "   /signalbox rerun"), ["rerun"]],
    ["after indented code that looks like a fence", lines("    ```", "", "/signalbox rerun"), ["rerun"]],
  ])("%s", (_, body, expected) => {
    expect(commandLines(body)).toEqual(expected);
    expect(mentionsUs(body)).toBe(true);
  });

  it.each<[string, string]>([
    ["not at the beginning of a line", "please /signalbox rerun"],
    ["another word", "/signalboxes rerun"],
    ["escaped", "\\/signalbox rerun"],
    ["quoted", "> /signalbox rerun"],
    ["quoted, in the line that goes on with the quotation", lines("> it broke", "/signalbox rerun")],
    ["quoted in a list", lines("- > it broke", "/signalbox rerun")],
    ["indented by four", "    /signalbox rerun"],
    ["indented by a tab", "\t/signalbox rerun"],
    ["indented by spaces and a tab", "  \t/signalbox rerun"],
    ["in a fence", lines("```sh", "/signalbox rerun", "```")],
    ["in a fence of tildes", lines("~~~ `x`", "/signalbox rerun", "~~~")],
    ["in a fence that nothing closes", lines("```", "/signalbox rerun")],
    ["in a fence that shorter ones do not close", lines("````", "```", "/signalbox rerun", "````")],
    ["in a fence that other signs do not close", lines("```", "~~~", "/signalbox rerun", "```")],
    ["in a fence that text does not close", lines("```", "``` x", "/signalbox rerun", "```")],
    ["in a fence that an indented one does not close", lines("```", "    ```", "/signalbox rerun", "```")],
    ["in a fence behind a list's sign", lines("- ```", "  /signalbox rerun", "  ```")],
    ["in a fence behind two signs", lines("1. - ```", "     x", "", "     ```", "> /signalbox rerun")],
    ["in a fence within a list", lines("10. step", "", "    ```", "    x", "    ```", "", "        /signalbox rerun")],
    ["in a fence deep within a list", lines("- a", "  - b", "", "     ```", "   /signalbox rerun", "     ```")],
    ["in code over two lines", lines("see `a", "/signalbox rerun", "b`")],
    ["in code with more back-ticks", lines("see ``a ` b", "/signalbox rerun", "``")],
    ["in a comment", lines("<!--", "/signalbox rerun", "-->")],
    ["in a comment with blank lines", lines("<!-- a", "", "/signalbox rerun", "", "-->")],
    ["in a comment within a text", lines("see <!-- a", "/signalbox rerun", "-->")],
    ["behind the end of a comment", lines("see <!-- a", " -->/signalbox rerun")],
    ["in a comment that nothing ends", lines("<!--", "", "/signalbox rerun")],
    ["in preformatted text", lines("<pre>", "", "/signalbox rerun", "</pre>")],
    ["in HTML's way to quote", lines("<blockquote>", "", "/signalbox rerun", "", "</blockquote>")],
  ])("none: %s", (_, body) => {
    expect(commandLines(body)).toEqual([]);
  });

  /** What is in a block, and whether its commands count. */
  const content = fc.array(
    fc.constantFrom("/signalbox rerun", "   /signalbox why", "text", "", "> x", "- y", "``", "<!-- z -->", "`a` b"),
    { maxLength: 5 },
  );
  const fence = fc
    .record({
      sign: fc.constantFrom("`", "~"),
      length: fc.integer({ min: 3, max: 9 }),
      info: fc.constantFrom("", "sh"),
    })
    .chain(({ sign, length, info }) =>
      content.map((inside) => [sign.repeat(length) + info, ...inside, sign.repeat(length), ""]),
    );
  const quotation = content.map((inside) => [...inside.map((line) => `> ${line}`), ""]);
  const hidden = content.map((inside) => [
    "<!-- hidden",
    ...inside.map((line) => line.replaceAll("-->", "")),
    "-->",
    "",
  ]);
  const indented = content.map((inside) => ["", ...inside.map((line) => `    ${line}`), ""]);

  it("never finds one in what is code, quoted or hidden, whatever stands around it", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fence, quotation, hidden, indented), { maxLength: 8 }), (blocks) => {
        const body = blocks.flatMap((block) => [...block, "/signalbox status", ""]).join("\n");
        expect(commandLines(body)).toEqual(blocks.map(() => "status"));
      }),
    );
  });

  it("reads any text without complaint", () => {
    const pieces = fc.constantFrom(
      "/signalbox",
      " rerun",
      "\n",
      "`",
      "```",
      "~~~",
      ">",
      "- ",
      "<!--",
      "-->",
      "\\",
      "\t",
    );
    const text = fc.array(fc.oneof(pieces, fc.string({ unit: anyCharacter })), { maxLength: 60 });
    fc.assert(
      fc.property(text, (parts) => {
        for (const line of commandLines(parts.join(""))) expect(line).not.toMatch(/[\r\n]/);
      }),
    );
  });

  const longest = 65_536;
  it.each<[string, string]>([
    ["commands", "/signalbox rerun\n"],
    ["back-ticks of growing number", ""],
    ["comments that nothing ends", "<!-- "],
    ["back-ticks", "a`\n"],
    ["escapes", "\\`"],
    ["fences", "```\n"],
    ["quotation signs", ">"],
    ["spaces", " "],
    ["tabs", "\t"],
    ["list signs", "- "],
    ["list signs and lines", "- \n"],
    ["code begun on a command's line", "/signalbox `\n"],
  ])("reads 65,536 characters of %s in linear time", (_, piece) => {
    const growing = Array.from({ length: 360 }, (__, i) => "`".repeat(i)).join(" ");
    const text = piece === "" ? growing : piece.repeat(longest / piece.length);
    const body = `/signalbox status ${text}`.slice(0, longest);
    const started = performance.now();
    for (let i = 0; i < 10; i += 1) commandLines(body);
    // Ten times one to fifteen milliseconds each; quadratic, one alone would take seconds.
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});
