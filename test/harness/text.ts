import fc from "fast-check";

const codes = (min: number, max: number) => fc.integer({ min, max });

/**
 * For `fc.string`: any character, with more of ASCII than there would be by chance; half characters do not get past the
 * ingress. fast-check's "binary" lists a million of them, for a second, whenever it is used.
 */
export const anyCharacter = fc
  .oneof({ arbitrary: codes(0xe000, 0x10ffff), weight: 8 }, codes(0, 0xd7ff), codes(0, 0x7f))
  // With the way back fast-check mixes its dangerous words in, such as __proto__.
  .map((code) => String.fromCodePoint(code), codeOf);

function codeOf(text: unknown): number {
  const code = typeof text === "string" ? text.codePointAt(0) : undefined;
  if (code === undefined || String.fromCodePoint(code) !== text) throw new Error("Cannot be one character");
  return code;
}
