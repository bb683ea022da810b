/** What Slack takes for its own markup, taken out of text that others wrote; cleaned and cut before (`domain/text.ts`). */

/** All that Slack asks for: whoever cannot write `<` can neither link nor mention. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * Slack has no way to escape its own formatting, so the characters that would format become their look-alikes: back-tick,
 * asterisk and tilde everywhere, an underscore unless it is inside a word, and `>` where it would begin a quotation.
 */
export function withoutFormatting(text: string): string {
  return text
    .replaceAll("`", "ˋ")
    .replaceAll("*", "∗")
    .replaceAll("~", "∼")
    .replace(/(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, "ˍ")
    .replace(/^>+/, "›");
}
