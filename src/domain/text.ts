/**
 * Text that others wrote (branches, commit titles, names, log lines), made fit to be shown anywhere. The order is the
 * rule: clean, then cut, then escape as the place asks for, so that neither a character nor an entity is ever cut in half.
 */

/** Characters nobody sees, bidirectional controls among them: with these a name can pass for another one. */
const invisible = /[\p{Default_Ignorable_Code_Point}--[\u200D\uFE0E\uFE0F]]/gv;
/** A joiner between two pictures makes one emoji of them; anywhere else it is invisible too. */
const strayJoiner =
  /(?<![\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D|\u200D(?!\p{Extended_Pictographic})/gv;

/** One line: every run of white space and control characters becomes a space. */
export function oneLine(text: string): string {
  return withoutInvisible(text)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

/** A line of a log: its indentation stays. */
export function logLine(text: string): string {
  return withoutInvisible(text)
    .replaceAll("\t", "  ")
    .replace(/[\p{Cc}\u2028\u2029]/gu, "")
    .trimEnd();
}

function withoutInvisible(text: string): string {
  return text.toWellFormed().replace(invisible, "").replace(strayJoiner, "");
}

/** At most `max` UTF-16 units (Slack counts those), never half of a surrogate pair, an ellipsis in place of the rest. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  return `${text
    .slice(0, max - 1)
    .replace(/[\uD800-\uDBFF\u200D]$/, "")
    .trimEnd()}…`;
}
