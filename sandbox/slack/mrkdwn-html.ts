/** Slack's markup as HTML, as a client shows it. What others wrote can become neither a tag nor an attribute. */
import type { Instant } from "../../src/clock.ts";

/** Who looks: mentions and dates look different to each. */
export interface Reader {
  readonly now: Instant;
  readonly timeZone: string;
  /** Of people, channels and user groups, by id. */
  readonly names: ReadonlyMap<string, string>;
}

/** Those that Signalbox sends. What Slack does not know either stays as it is written: `:rspec:`. */
const emoji: ReadonlyMap<string, string> = new Map([
  ["arrows_counterclockwise", "🔄"],
  ["bell", "🔔"],
  ["eyes", "👀"],
  ["large_green_circle", "🟢"],
  ["mailbox", "📫"],
  ["no_bell", "🔕"],
  ["warning", "⚠️"],
  ["red_circle", "🔴"],
  ["sunny", "☀️"],
  ["white_circle", "⚪"],
]);

/** Between two marks, on one line; a link or code between them is taken as a whole. */
const marked = (mark: string) =>
  `(?<![\\p{L}\\p{N}])[${mark}]((?:<[^<>\\n]*>|\`[^\`\\n]*\`|[^${mark}<\`\\n])+)[${mark}](?![\\p{L}\\p{N}])`;
const span = new RegExp(
  `\`([^\`\\n]+)\`|<([^<>\\n]+)>|${marked("*")}|${marked("_")}|${marked("~")}|:([a-z0-9_+'-]+):`,
  "gu",
);

export function mrkdwnHtml(mrkdwn: string, reader: Reader): string {
  let html = "";
  let end = 0;
  for (const match of mrkdwn.matchAll(span)) {
    const [whole, code, token, bold, italic, struck, name] = match;
    html += textHtml(mrkdwn.slice(end, match.index));
    end = match.index + whole.length;
    if (code !== undefined) html += `<code>${codeHtml(code, reader)}</code>`;
    else if (token !== undefined) html += tokenHtml(token, reader);
    else if (bold !== undefined) html += `<b>${mrkdwnHtml(bold, reader)}</b>`;
    else if (italic !== undefined) html += `<i>${mrkdwnHtml(italic, reader)}</i>`;
    else if (struck !== undefined) html += `<s>${mrkdwnHtml(struck, reader)}</s>`;
    else html += emojiHtml(name ?? "");
  }
  return html + textHtml(mrkdwn.slice(end));
}

/** Of a button or a header: emoji are all that it can have. */
export function plainHtml(text: string): string {
  return text
    .split(/:([a-z0-9_+'-]+):/u)
    .map((part, index) => (index % 2 === 1 ? emojiHtml(part) : escapeHtml(part)))
    .join("");
}

/** In an attribute too. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** "today", "yesterday", "Sep 21, 2026" */
export function prettyDay(at: Instant, { now, timeZone }: Pick<Reader, "now" | "timeZone">): string {
  const written = new Intl.DateTimeFormat("en-US", { timeZone, dateStyle: "medium" });
  const day = 24 * 60 * 60_000;
  const near = { today: now, yesterday: now - day, tomorrow: now + day };
  const word = Object.entries(near).find(([, instant]) => written.format(instant) === written.format(at))?.[0];
  return word ?? written.format(at);
}

/** "10:42 AM" */
export function timeOfDay(at: Instant, { timeZone }: Pick<Reader, "timeZone">): string {
  // Intl puts a narrow space there, which many fonts lack.
  return new Intl.DateTimeFormat("en-US", { timeZone, timeStyle: "short" }).format(at).replace("\u202F", " ");
}

/** Slack's markup has these three entities and no others: `&copy;` is six characters. */
function unescaped(mrkdwn: string): string {
  return mrkdwn.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

function textHtml(mrkdwn: string): string {
  return escapeHtml(unescaped(mrkdwn)).replaceAll("\n", "<br>");
}

function emojiHtml(name: string): string {
  const picture = emoji.get(name);
  return picture === undefined ? escapeHtml(`:${name}:`) : `<span class="emoji">${picture}</span>`;
}

/** In code, links and mentions still work, and nothing else does. */
function codeHtml(code: string, reader: Reader): string {
  return code
    .split(/<([^<>]+)>/)
    .map((part, index) => (index % 2 === 1 ? tokenHtml(part, reader) : textHtml(part)))
    .join("");
}

function tokenHtml(token: string, reader: Reader): string {
  const bar = token.indexOf("|");
  const target = bar === -1 ? token : token.slice(0, bar);
  const label = bar === -1 ? null : token.slice(bar + 1);
  if (target.startsWith("!date^")) return dateHtml(target, label ?? "", reader);
  const [, kind, id = ""] = /^(@|#|!subteam\^|!)(.+)$/s.exec(target) ?? [];
  if (kind !== undefined) {
    const name = kind === "!" ? id : (reader.names.get(id) ?? label ?? id);
    return `<span class="mention">${kind === "#" ? "#" : "@"}${textHtml(name.replace(/^[@#]/, ""))}</span>`;
  }
  const words = label === null ? textHtml(target) : plainHtml(unescaped(label));
  // Whatever else an address may begin with (`javascript:`), Slack makes no link of it.
  if (!/^(https?:\/\/|mailto:)/i.test(target)) return words;
  return `<a href="${escapeHtml(unescaped(target))}">${words}</a>`;
}

/** The two words for times that Signalbox uses; with any other one, the fallback is shown. */
function dateHtml(target: string, fallback: string, reader: Reader): string {
  const [, seconds, format = ""] = target.split("^");
  const at = Number(seconds) * 1000;
  const words: Readonly<Record<string, () => string>> = {
    "{date_short_pretty}": () => prettyDay(at, reader),
    "{time}": () => timeOfDay(at, reader),
  };
  const parts = format.match(/\{[a-z_]+\}/g) ?? [];
  if (Number.isNaN(new Date(at).getTime()) || parts.some((part) => !Object.hasOwn(words, part)))
    return textHtml(fallback);
  return textHtml(format.replace(/\{[a-z_]+\}/g, (part) => words[part]?.() ?? part));
}
