/**
 * What is code or hidden within a paragraph of Markdown. The leftmost begins, as everywhere in Markdown; each character is
 * looked at once.
 */

/**
 * The paragraph without its comments; lines that begin within code are emptied, code that ends on its line stays.
 * The number of lines is the same.
 */
export function shownText(paragraph: string): string {
  const runs = backTicks(paragraph);
  let comments = true;
  let shown = "";
  let i = 0;
  while (i < paragraph.length) {
    const next = nextSign(paragraph, i);
    shown += paragraph.slice(i, next);
    i = next;
    if (paragraph.startsWith("\\", i)) {
      shown += paragraph.slice(i, i + 2);
      i += 2;
    } else if (paragraph.startsWith("`", i)) {
      const length = runLength(paragraph, i);
      const end = closing(runs, length, i);
      shown += withoutLaterLines(paragraph.slice(i, end ?? i + length));
      i = end ?? i + length;
    } else if (comments && paragraph.startsWith("<!--", i)) {
      const end = paragraph.indexOf("-->", i + 4);
      // Asked once: without an end here there is none further on either.
      comments = end >= 0;
      const stop = comments ? end + 3 : i + 4;
      shown += comments ? hidden(paragraph.slice(i, stop)) : "<!--";
      i = stop;
    } else if (i < paragraph.length) {
      shown += paragraph.charAt(i);
      i += 1;
    }
  }
  return shown;
}

const sign = /[\\`<]/g;

function nextSign(text: string, from: number): number {
  sign.lastIndex = from;
  return sign.exec(text)?.index ?? text.length;
}

function runLength(text: string, start: number): number {
  let end = start;
  while (text.startsWith("`", end)) end += 1;
  return end - start;
}

/** Where runs of back-ticks begin, by their length, each list to be read from its end. */
function backTicks(text: string): Map<number, number[]> {
  const runs = new Map<number, number[]>();
  for (const match of text.matchAll(/`+/g)) {
    const ofLength = runs.get(match[0].length) ?? [];
    ofLength.push(match.index);
    runs.set(match[0].length, ofLength);
  }
  for (const starts of runs.values()) starts.reverse();
  return runs;
}

/** Where the code ends that such a run begins; null when nothing ends it. Runs that were passed are dropped. */
function closing(runs: Map<number, number[]>, length: number, from: number): number | null {
  const starts = runs.get(length) ?? [];
  while (starts.length > 0 && (starts.at(-1) ?? 0) <= from) starts.pop();
  const start = starts.at(-1);
  return start === undefined ? null : start + length;
}

/** What it takes from a line's beginning is nothing that a line could begin with. */
function withoutLaterLines(code: string): string {
  const [first = "", ...others] = code.split("\n");
  return [first, ...others.map(() => "`")].join("\n");
}

function hidden(text: string): string {
  return text.replace(/[^\n]+/g, " ");
}
