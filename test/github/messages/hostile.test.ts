/** Whatever others wrote into names, branches and logs: GitHub takes what we write, and it means what we meant. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { jobLog } from "../../../src/domain/job-log.ts";
import { annotationsOf, checkRun } from "../../../src/github/messages/check-run.ts";
import { pullComment } from "../../../src/github/messages/pull-comment.ts";
import type { ReportedBuild } from "../../../src/github/messages/reported-build.ts";
import { effort } from "../../harness/effort.ts";
import { buildFacts, causeOf, jobId, pipeline, verdictWith } from "../../harness/facts.ts";
import { anyCharacter } from "../../harness/text.ts";
import { head, reported } from "./samples.ts";

const pieces = fc.constantFrom(
  ..."`*_~[]()!|#<>&@\\$^{}-+=.:/\"' \n\t\r",
  "```",
  "~~~",
  "@everyone",
  "@acme/everyone",
  "<img src=x onerror=alert(1)>",
  "<script>",
  "</details>",
  "</summary>",
  "<!-- signalbox:pull -->",
  "-->",
  "](https://evil.example)",
  "![x](https://evil.example/x.png)",
  "https://evil.example/",
  "www.evil.example",
  "#1",
  "acme/web#2",
  "GH-3",
  "4bb485c",
  "&lt;",
  "&#64;ada",
  "\u202e",
  "\u200b",
  "\ud83d",
  "😀",
  "/signalbox rerun",
  "x".repeat(300),
);
const hostile = fc.oneof(
  fc.array(pieces, { maxLength: 40 }).map((all) => all.join("")),
  fc.string({ unit: anyCharacter, maxLength: 60 }),
  fc.constantFrom("`".repeat(70_000), "@a ".repeat(23_000), "<".repeat(70_000), "*".repeat(70_000)),
);
/** As a log comes: its end, at most 64 KB. */
const log = fc.oneof(
  fc.array(hostile, { maxLength: 30 }).map((lines) => lines.join("\n")),
  fc.constantFrom("a`".repeat(35_000), "src/a.ts:1: @ada <img>\n".repeat(3_000), "````\n".repeat(14_000)),
);

const outcome = fc.constantFrom("failed", "failing", "passed", "canceled", "running", "blocked");

const build: fc.Arbitrary<ReportedBuild> = fc
  .record({
    branch: hostile,
    pipelineName: hostile,
    names: fc.array(hostile, { minLength: 1, maxLength: 10 }),
    children: fc.array(hostile, { maxLength: 5 }),
    recovered: fc.array(hostile, { maxLength: 10 }),
    log,
    outcome,
  })
  .map(({ branch, pipelineName, names, children, recovered, log: tail, outcome: how }) => {
    const child = children.length === 0 ? null : { pipeline, number: 3, causes: children };
    const causes = names.map((name, i) => causeOf(name, { jobId: jobId(`c${i}`), child }));
    const [first = causeOf("Specs")] = causes;
    const red = how === "failed" || how === "failing";
    return reported({
      facts: buildFacts({ branch, pipelineName, commit: head }),
      verdict: verdictWith({ outcome: how, causes: red ? causes : [], recovered, failedJobs: red ? 1000 : 0 }),
      log: red ? jobLog(first, tail) : null,
    });
  });

/** What is left of Markdown when its code is taken out: there nothing means anything. */
function withoutCode(markdown: string): string {
  let fence: string | null = null;
  const lines: string[] = [];
  for (const line of markdown.split("\n")) {
    const mark = /^(`{3,})(?:text)?$/.exec(line)?.[1];
    if (fence === null && mark !== undefined && line.endsWith("text")) fence = mark;
    else if (fence !== null && mark !== undefined && mark.length >= fence.length && !line.endsWith("text"))
      fence = null;
    else if (fence === null) lines.push(line);
  }
  expect(fence, "a block of code that nothing ends").toBeNull();
  return lines.map(withoutSpans).join("\n");
}

/** As a reader of Markdown goes: what is escaped means nothing, but within code nothing is escaped. */
function withoutSpans(line: string): string {
  // Inside of HTML there is no code.
  if (line.startsWith("<summary>")) return line;
  let prose = "";
  for (let i = 0; i < line.length; ) {
    const run = /^`+/.exec(line.slice(i))?.[0];
    if (run === undefined) {
      const length = line[i] === "\\" ? 2 : 1;
      prose += line.slice(i, i + length).replace("\\`", "\\'");
      i += length;
      continue;
    }
    const from = i + run.length;
    const close = [...line.slice(from).matchAll(/`+/g)].find(([other]) => other.length === run.length);
    expect(close, `code that nothing ends: ${line}`).toBeDefined();
    i = from + (close?.index ?? 0) + run.length;
  }
  return prose;
}

const ownTags = /<\/?(?:details|summary|sub)>|<!-- signalbox:pull -->/g;
const ownLinks = /\]\(https:\/\/buildkite\.com\/[\w.-]+\/[\w.-]+\/builds\/\d+(?:#[0-9a-f-]+)?\)/g;

function expectHarmless(markdown: string, marker: boolean): void {
  expect(markdown.length).toBeLessThanOrEqual(60_000);
  expect(markdown.isWellFormed()).toBe(true);
  expect(markdown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\0]/);
  const shown = withoutCode(markdown);
  expect(shown.split("<!-- signalbox:pull -->").length - 1).toBe(marker ? 1 : 0);
  const prose = shown.replace(ownTags, "").replace(ownLinks, "]").replaceAll("&#36;", "");
  expect(prose).not.toMatch(/</);
  expect(prose).not.toMatch(/@(?!\u2060)/);
  expect(prose).not.toMatch(/:\/\/|www\./i);
  expect(prose).not.toMatch(/GH-\d|GHSA-\w|CVE-\d/i);
  expect(prose.replaceAll(/(?<=Build|build|API|docs|payments-api) #\d+\]/g, "")).not.toMatch(/[a-z/(]#\d/i);
  // Inside of HTML, Markdown means nothing.
  const markup = shown.replace(/^<summary>.*$/gm, "").replace(ownLinks, "]");
  expect(markup).not.toMatch(/(?<!\\)\]\(|(?<!\\)!\[/);
  // Our own lists, bold lines and folded parts are all that has a form.
  expect(markup).not.toMatch(/^(?:#{1,6} |>|\d+[.)] |\t| {4}|\/signalbox)/m);
  expect(markup.match(/<details>/g)?.length).toBe(markup.match(/<\/details>/g)?.length);
}

it("is told in check runs", () => {
  fc.assert(
    fc.property(build, fc.boolean(), (reportedBuild, canRerun) => {
      const { output, name, external_id } = checkRun(reportedBuild, canRerun);
      expectHarmless(output.summary, false);
      expectHarmless(output.text, false);
      expect(output.title).toMatch(/^[\w :,]{1,80}$/);
      expect([name, external_id]).toEqual(["Signalbox: payments-api", "acme/payments-api/42"]);
      for (const { path, message, start_line } of annotationsOf(reportedBuild)) {
        expect(path).not.toMatch(/^\/|\.\.|node_modules/);
        expect(message.length).toBeLessThanOrEqual(500);
        expect(start_line).toBeGreaterThan(0);
      }
    }),
    { numRuns: effort(400, 20) },
  );
});

it("is told in comments", () => {
  fc.assert(
    fc.property(fc.array(build, { minLength: 1, maxLength: 12 }), (builds) => {
      const red = pullComment(head, builds, null);
      if (red === null) return;
      expect(red.body.startsWith("<!-- signalbox:pull -->\n")).toBe(true);
      expectHarmless(red.body, true);
      const green = { ...reported(), verdict: verdictWith({ outcome: "passed", jobsUnknown: false }) };
      const after = pullComment(head, [green], red.failed);
      expectHarmless(after?.body ?? "", true);
      expect(JSON.stringify(red.failed).length).toBeLessThan(30_000);
    }),
    { numRuns: effort(200, 10) },
  );
});
