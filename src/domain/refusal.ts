/** Why something a person asked for is not done, in a sentence for that person: plain text, to be escaped where it is shown. */
export interface Refusal {
  readonly kind: "refused";
  readonly message: string;
}

export function refused(message: string): Refusal {
  return { kind: "refused", message };
}

const longestQuote = 60;

/** A person's own words within a sentence. */
export function quoted(text: string): string {
  const line = text
    .slice(0, 4 * longestQuote)
    .toWellFormed()
    .replace(/\s+/g, " ")
    .replaceAll("`", "'")
    .trim();
  const letters = [...line];
  return letters.length > longestQuote ? `\`${letters.slice(0, longestQuote).join("")}…\`` : `\`${line}\``;
}
