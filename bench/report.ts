/** The figures for people: each part is printed when it is measured, and all of them make `results.md`. */
import type { ClickRow } from "./clicks.ts";
import type { GithubResult } from "./github.ts";
import type { Cost, Costs, GrowthResult } from "./growth.ts";
import { connections, type IngestResult, type IngestRow } from "./ingest.ts";
import type { LatencyRow } from "./latency.ts";
import type { Machine, Results } from "./results.ts";
import { number, table } from "./table.ts";
import { isMet, type Target } from "./targets.ts";

export function machineReport({ cpu, cores, node, redis, busy, date }: Machine): string {
  return `${date} · ${cpu}, ${cores} cores (load before the run: ${number(busy, 1)}) · Node ${node} · Redis ${redis}, append-only file`;
}

export function ingestReport({ bodyBytes, requests, floor, usual, others }: IngestResult): string {
  return [
    `### Webhooks of ${bodyBytes / 1024} KB`,
    "",
    receivedTable("the floor", [floor, usual, ...others]),
    "",
    `${number(requests)} requests a round over ${connections} connections; medians of rounds, in turns with the floor.`,
  ].join("\n");
}

function receivedTable(floor: string, rows: readonly IngestRow[]): string {
  return table(
    ["", "requests/s", "p50 ms", "p99 ms", "CPU µs/request", `of ${floor}, by requests/s`, "by CPU", "rounds"],
    rows.map(({ name, perSecond, p50, p99, cpuMicros, byRequests, byCpu, rounds }) => [
      name,
      number(perSecond),
      number(p50, 1),
      number(p99, 1),
      number(cpuMicros),
      number(byRequests, 2),
      number(byCpu, 2),
      number(rounds),
    ]),
  );
}

export const ingestMethod = `- **floor**: a bare \`node:http\` server that reads the body, checks the same HMAC in constant time and parses the JSON.
- **Signalbox, receiving**: answers when facts and trigger are in Redis. Builds of 20 jobs, one of which fails early; every
  webhook changes the facts (checked). Nobody takes the triggers meanwhile, as nobody works for the floor either.
  **every webhook triggers**: each is the first failing job of another build, the dearest webhook there is.
- **workers in a second process**, **in the same process**: triggers are taken meanwhile, and added again.
- CPU is that of the process that answers. All processes, Redis and the sender share the cores, which costs Signalbox
  requests/s where cores are few. On a small virtual machine one run differs from the next by a fifth.`;

export function githubReport({ bodyBytes, requests, probot, usual, others }: GithubResult): string {
  return [
    `### Webhooks of GitHub, ${number(bodyBytes / 1024)} KB`,
    "",
    receivedTable("Probot", [probot, usual, ...others]),
    "",
    `${number(requests)} requests a round over ${connections} connections; medians of rounds, in turns with Probot.`,
  ].join("\n");
}

export const githubMethod = `- **Probot**: its \`createNodeMiddleware\` in a bare \`node:http\` server. Its handler for the event does nothing; with **no
  handler** it makes no context for the event. It stores nothing.
- **Signalbox, receiving**: answers when facts and triggers are in Redis. Lives of pull requests after Octokit's examples, eight
  webhooks each: opened, labeled, a review, another head, merged. Each changes the facts, two wake jobs; nobody takes the
  triggers meanwhile. **every webhook triggers**: each opens another pull request.`;

export function latencyReport(rows: readonly LatencyRow[]): string {
  return [
    "### From webhook to Slack",
    "",
    table(
      ["", "events/s", "alerts", "p50 ms", "p99 ms", "max ms", "webhook answered, p99 ms"],
      rows.map(({ mix, perSecond, alerts, p50, p99, max, answeredP99 }) => [
        mix,
        number(perSecond),
        number(alerts),
        ...[p50, p99, max, answeredP99].map((ms) => number(ms)),
      ]),
    ),
  ].join("\n");
}

export const latencyMethod = `- One process receives and works, as by default. Open loop, Poisson, latency from the time a webhook was to be sent until
  the stand-in for Slack has the message. Bodies of 8 KB.
- **usual**: ten webhooks a build, one of which opens an alert on a new pipeline. **harsh**: every webhook opens one.`;

export function clicksReport({ perSecond, clicks, p50, p99, max, answeredP99 }: ClickRow): string {
  return [
    "### From a click on Acknowledge to the edited message",
    "",
    table(
      ["clicks/s", "clicks", "p50 ms", "p99 ms", "max ms", "click answered, p99 ms"],
      [[perSecond, clicks, p50, p99, max, answeredP99].map((figure) => number(figure))],
    ),
  ].join("\n");
}

export const clicksMethod = `- Signed interactions of 20 people, each on another alert; open loop, Poisson; one process receives and works. Slack is
  answered before anything is stored, and the message is edited by the triggered job.`;

export function growthReport({ rows, lastToFirst }: GrowthResult): string {
  const part = (name: keyof Costs, title: string): string[][] => [
    ...rows.map((row) => [`${title}, ${number(row.jobs)} jobs`, ...costFigures(row[name], [1, 0, 0, 0])]),
    [`${title}, last to first`, ...costFigures(lastToFirst[name], [2, 2, 2, 2])],
  ];
  return [
    "### Growth: one job.finished",
    "",
    table(
      ["", "Redis commands", "bytes", "Redis CPU µs", "events/s"],
      [...part("recorded", "recorded"), ...part("evaluated", "and evaluated")],
    ),
  ].join("\n");
}

function costFigures({ commands, bytes, cpuMicros, perSecond }: Cost, digits: readonly number[]): string[] {
  return [commands, bytes, cpuMicros, perSecond].map((figure, i) => number(figure, digits[i]));
}

export const growthMethod = `- A failing build with that many jobs is recorded, and copied; then one more of its running jobs fails, one event a build.
- Commands count those inside scripts (\`INFO commandstats\`); bytes are both ways between Redis and all clients. CPU is
  that of the Redis process. The measuring itself is taken away. Medians of rounds, sizes in turns.
- **recorded**: the webhook alone. **and evaluated**: with the run of the build's evaluation, one after another.`;

export function targetReport(targets: readonly Target[]): string {
  return [
    "### Targets",
    "",
    table(
      ["", "figure", "target", ""],
      targets.map((target) => [
        target.what,
        `${number(target.figure, target.unit === "" ? 2 : 0)}${target.unit}`,
        `${target.sense} ${target.limit}${target.unit}`,
        isMet(target) ? "met" : "missed",
      ]),
    ),
  ].join("\n");
}

/** The whole file. */
export function resultsPage(
  { machine, ingest, github, latency, clicks, growth }: Results,
  targets: readonly Target[],
): string {
  const parts = [
    "# Benchmark results",
    `${machineReport(machine)}\n\nWritten by \`npm run bench\`: everything on this machine over loopback, with the stand-ins of the sandbox.`,
    targetReport(targets),
    ...ingest.map(ingestReport),
    ingestMethod,
    ...(github === null ? [] : [githubReport(github)]),
    githubMethod,
    latencyReport(latency),
    latencyMethod,
    ...(clicks === null ? [] : [clicksReport(clicks)]),
    clicksMethod,
    ...(growth === null ? [] : [growthReport(growth)]),
    growthMethod,
  ];
  return `${parts.join("\n\n").replaceAll("\n### ", "\n## ")}\n`;
}
