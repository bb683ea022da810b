import { describe, expect, it } from "vitest";
import { splitWords, typedText } from "../../src/domain/command-text.ts";

describe("the text that Slack sends", () => {
  it.each([
    ["ack <https://buildkite.com/acme/shop/builds/12>", "ack https://buildkite.com/acme/shop/builds/12"],
    ["ack <https://a.com/x|https://a.com/x>", "ack https://a.com/x"],
    ["ack <https://a.com/x|see 12>", "ack https://a.com/x"],
    ["status shop <http://fix.it|fix.it>", "status shop fix.it"],
    ["link <mailto:a@b.c|a@b.c>", "link a@b.c"],
    ["<@U0BOT> ack 3", "ack 3"],
    [" <@U0BOT|signalbox>: ack 3", "ack 3"],
    ["link <@U1|ada>", "link @ada"],
    ["link <@U1>", "link @U1"],
    ["x <#C1|ci> <#C2|>", "x #ci #C2"],
    ["x <!here> <!subteam^S1|@team>", "x @here @team"],
    ["a &lt;b&gt; &amp; c &amp;lt;", "a <b> & c &lt;"],
    ["a <b> < c", "a <b> < c"],
    ["\t mine \n", "mine"],
  ])("%j was typed as %j", (sent, typed) => {
    expect(typedText(sent)).toBe(typed);
  });
});

describe("words", () => {
  it.each<[string, string[]]>([
    ["", []],
    [" \u00a0\n ", []],
    ["a  b\nc", ["a", "b", "c"]],
    ['a "b c" d', ["a", "[b c]", "d"]],
    ["a “b c” „d e“ ”f”", ["a", "[b c]", "[d e]", "[f]"]],
    ["‘b c’ 'd e' `f g`", ["[b c]", "[d e]", "[f g]"]],
    [`'say "hi" now' "it’s"`, ['[say "hi" now]', "[it’s]"]],
    ['job:"unit tests" job:“a b”', ["job:unit tests", "job:a b"]],
    ["it's \"not closed", ["it's", '"not', "closed"]],
    ['a"b c"', ['a"b', 'c"']],
    ['"a"b', ['"a"b']],
    ['"" “ ” x', ["x"]],
    ['" lint "', ["[lint]"]],
  ])("of %j are %j", (text, expected) => {
    expect(splitWords(text).map((word) => (word.quoted ? `[${word.text}]` : word.text))).toEqual(expected);
  });

  it("know where they end", () => {
    expect(splitWords('a "b c" d').map(({ end }) => end)).toEqual([1, 7, 9]);
  });
});
