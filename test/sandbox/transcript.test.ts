/** What is shown in a terminal: lines that are too long are broken, where they can be. */
import { expect, it } from "vitest";
import { showPrivately } from "../../sandbox/transcript.ts";

const style = { color: false, people: new Map([["U0ADA", "ada"]]) };

function lines(text: string): string[] {
  return showPrivately([{ text, blocks: [] }], style)
    .split("\n")
    .slice(1, -1);
}

it("breaks a long line at a space, and indents what follows", () => {
  const [first, second, ...more] = lines(`  ${"word ".repeat(20)}for <@U0ADA>`);
  expect(first).toMatch(/^ {2}│ {3}word( word)+$/);
  expect(second).toMatch(/^ {2}│ {5}(word )+for @ada$/);
  expect(more).toEqual([]);
});

it("leaves a word alone that is longer than the line", () => {
  const address = `https://example.com/${"x".repeat(100)}`;
  expect(lines(`  see ${address} now`)).toEqual(["  │   see", `  │     ${address} now`]);
  expect(lines(address)).toEqual([`  │ ${address}`]);
});
