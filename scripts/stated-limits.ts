/** The limits that Slack's documentation comments state, read out of their sentences. */
import type { Limits } from "./declarations.ts";

const number = "`?(\\d[\\d,]*)`?";

type Rule = readonly [keyof Limits, RegExp, ((stated: number) => number)?];

/** The first that matches counts. "Must be less than 50" means at most 49. */
const rules: readonly Rule[] = [
  ["itemMaxLength", new RegExp(`maximum length for the text in each item is ${number} characters`, "i")],
  [
    "maxLength",
    new RegExp(
      `max(?:imum)? length(?: for (?:this field|the \`?text\`? (?:field )?(?:in|within) this (?:field|object)))?(?: of| is) ${number} characters`,
      "i",
    ),
  ],
  ["maxLength", new RegExp(`limit ${number} characters max`, "i")],
  ["maxLength", new RegExp(`must be less than ${number} characters`, "i"), (stated) => stated - 1],
  ["minLength", new RegExp(`minimum length(?: for the \`?text\`? in this field)? is ${number}\\b`, "i")],
  ["itemMaxItems", new RegExp(`an array with a max of ${number} `, "i")],
  ["maxItems", new RegExp(`maximum number of [a-z ]+ is ${number}\\b`, "i")],
  ["maxItems", new RegExp(`max(?:imum)?(?: of)? ${number} (?:elements|options|items|blocks|rows|cards)`, "i")],
  ["maxItems", new RegExp(`array of up to ${number} `, "i")],
  ["minItems", new RegExp(`minimum ${number}, maximum`, "i")],
];

export function limitsIn(comment: string): Limits {
  const sentence = comment.replace(/\{@link[^}]*\}/g, "objects").replace(/\s*\n\s*\*\s?/g, " ");
  const limits: Partial<Record<keyof Limits, number>> = {};
  for (const [name, pattern, meant = (stated: number) => stated] of rules) {
    const stated = pattern.exec(sentence)?.[1];
    if (stated !== undefined) limits[name] ??= meant(Number(stated.replaceAll(",", "")));
  }
  return limits;
}
