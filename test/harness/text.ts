import fc from "fast-check";

/**
 * For `fc.string`: any code point but halves of a pair. As fast-check's own "binary", which takes a second to list a million
 * of them whenever it is used.
 */
export const anyCharacter = fc
  .oneof({ arbitrary: fc.integer({ min: 0xe000, max: 0x10ffff }), weight: 3 }, fc.integer({ min: 0, max: 0xd7ff }))
  .map((code) => String.fromCodePoint(code));
