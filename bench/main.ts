/**
 * `npm run bench`: what receiving costs against a floor, how long Slack waits, and what does not grow with a build. Prints
 * the figures and writes them to `results.md`.
 *
 * - `--quick`: short runs, nothing is written.
 * - `--only ingest|github|latency|clicks|growth`: one part; may be given several times; nothing is written.
 * - `--profiles <folder>`: CPU profiles of the processes that receive. They slow the process down.
 * - `--strict`: exit code 1 when a target is missed.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type ClickRow, measureClicks } from "./clicks.ts";
import { type GithubResult, measureGithub } from "./github.ts";
import { measureGrowth } from "./growth.ts";
import { type IngestResult, measureIngest } from "./ingest.ts";
import { type LatencyRow, measureLatency } from "./latency.ts";
import {
  clicksReport,
  githubReport,
  growthReport,
  ingestReport,
  latencyReport,
  machineReport,
  resultsPage,
  targetReport,
} from "./report.ts";
import { describeMachine } from "./results.ts";
import { isMet, targetsOf } from "./targets.ts";
import { startWorld } from "./world.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: ["ingest", "github", "latency", "clicks", "growth"] },
    profiles: { type: "string" },
  },
});
const bodySizes = [40_960, 8_192];
const page = join(import.meta.dirname, "results.md");
const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const { quick, strict, only, profiles = null } = values;
  await using world = await startWorld({ quick, profiles, say });
  // Without this, the servers would go with their parent, but not the folder with the data.
  const interrupted = Promise.withResolvers<never>();
  interrupted.promise.catch(() => undefined);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.reject(new Error(`Cannot measure: ${signal}`)));
  }
  const measured = async <T>(work: Promise<T>): Promise<T> => Promise.race([work, interrupted.promise]);

  const machine = await describeMachine(world.redis);
  say(machineReport(machine));
  const ingest: IngestResult[] = [];
  for (const size of only.includes("ingest") ? bodySizes : []) {
    const result = await measured(measureIngest(world, size));
    ingest.push(result);
    say(`\n${ingestReport(result)}`);
  }
  const github: GithubResult | null = only.includes("github") ? await measured(measureGithub(world)) : null;
  if (github !== null) say(`\n${githubReport(github)}`);
  const clicks: ClickRow | null = only.includes("clicks") ? await measured(measureClicks(world)) : null;
  if (clicks !== null) say(`\n${clicksReport(clicks)}`);
  const latency: LatencyRow[] = only.includes("latency") ? await measured(measureLatency(world)) : [];
  if (latency.length > 0) say(`\n${latencyReport(latency)}`);
  const growth = only.includes("growth") ? await measured(measureGrowth(world)) : null;
  if (growth !== null) say(`\n${growthReport(growth)}`);

  const results = { machine, ingest, github, latency, clicks, growth };
  const targets = targetsOf(results);
  say(`\n${targetReport(targets)}`);
  const all = ingest.length > 0 && latency.length > 0 && github !== null && clicks !== null && growth !== null;
  if (!quick && all) {
    await writeFile(page, resultsPage(results, targets));
    say(`\nWritten to ${page}`);
  }
  const missed = targets.filter((target) => !isMet(target));
  if (missed.length > 0) say(`\nMissed: ${missed.map(({ what }) => what).join("; ")}`);
  return strict && missed.length > 0 ? 1 : 0;
}

process.exitCode = await main();
