/** What the figures must reach. */
import type { Results } from "./results.ts";

export interface Target {
  readonly what: string;
  readonly figure: number;
  readonly sense: "at least" | "at most";
  readonly limit: number;
  readonly unit: string;
}

/** By the size of the body. */
const shareOfFloor = new Map([
  [40_960, 0.7],
  [8_192, 0.5],
]);
const growth = 1.25;
const latencyMs = { perSecond: 50, p99: 250 };

export function targetsOf({ ingest, latency, growth: rows }: Results): Target[] {
  const targets: Target[] = [];
  for (const { bodyBytes, usual } of ingest) {
    const limit = shareOfFloor.get(bodyBytes) ?? 0;
    const what = `${bodyBytes / 1024} KB, share of the floor's speed`;
    targets.push({ what: `${what} by requests/s`, figure: usual.byRequests, sense: "at least", limit, unit: "" });
    targets.push({ what: `${what} by CPU time`, figure: usual.byCpu, sense: "at least", limit, unit: "" });
  }
  for (const { mix, perSecond, p99 } of latency) {
    if (perSecond !== latencyMs.perSecond) continue;
    const what = `webhook to Slack, ${perSecond}/s, ${mix}: p99`;
    targets.push({ what, figure: p99, sense: "at most", limit: latencyMs.p99, unit: " ms" });
  }
  const [small, large] = [rows.at(0), rows.at(-1)];
  if (small === undefined || large === undefined) return targets;
  for (const part of ["recorded", "evaluated"] as const) {
    const ratios = {
      commands: large[part].commands / small[part].commands,
      bytes: large[part].bytes / small[part].bytes,
      "Redis CPU": large[part].cpuMicros / small[part].cpuMicros,
      time: small[part].perSecond / large[part].perSecond,
    };
    for (const [name, figure] of Object.entries(ratios)) {
      const what = `${large.jobs} jobs to ${small.jobs}, ${part}: ${name}`;
      targets.push({ what, figure, sense: "at most", limit: growth, unit: "" });
    }
  }
  return targets;
}

export function isMet({ figure, sense, limit }: Target): boolean {
  return sense === "at least" ? figure >= limit : figure <= limit;
}
