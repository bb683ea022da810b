/** What the figures must reach. */
import type { GrowthResult } from "./growth.ts";
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
const mostGrowth = 1.25;
const latencyMs = { perSecond: 50, p99: 250 };

export function targetsOf({ ingest, github, latency, clicks, growth }: Results): Target[] {
  return [
    ...ingestTargets(ingest),
    ...githubTargets(github),
    ...latencyTargets(latency),
    ...clickTargets(clicks),
    ...(growth === null ? [] : growthTargets(growth)),
  ];
}

function ingestTargets(results: Results["ingest"]): Target[] {
  return results.flatMap(({ bodyBytes, usual }) => {
    const what = `${bodyBytes / 1024} KB, share of the floor's speed`;
    const limit = shareOfFloor.get(bodyBytes) ?? 0;
    return [
      { what: `${what} by requests/s`, figure: usual.byRequests, sense: "at least", limit, unit: "" },
      { what: `${what} by CPU time`, figure: usual.byCpu, sense: "at least", limit, unit: "" },
    ] as const;
  });
}

function githubTargets(github: Results["github"]): Target[] {
  if (github === null) return [];
  const what = "GitHub, share of the speed of Probot with an empty handler";
  return [{ what, figure: github.usual.byRequests, sense: "at least", limit: 0.9, unit: "" }];
}

function latencyTargets(rows: Results["latency"]): Target[] {
  return rows
    .filter(({ perSecond }) => perSecond === latencyMs.perSecond)
    .map(({ mix, perSecond, p99 }) => ({
      what: `webhook to Slack, ${perSecond}/s, ${mix}: p99`,
      figure: p99,
      sense: "at most",
      limit: latencyMs.p99,
      unit: " ms",
    }));
}

function clickTargets(clicks: Results["clicks"]): Target[] {
  if (clicks === null) return [];
  const what = `click to edited message, ${clicks.perSecond}/s: p99`;
  return [{ what, figure: clicks.p99, sense: "at most", limit: 150, unit: " ms" }];
}

/** Redis' CPU time is shown but no target: it is too small for one run to tell it from noise. */
function growthTargets({ rows, lastToFirst }: GrowthResult): Target[] {
  const of = `${rows.at(-1)?.jobs} jobs to ${rows.at(0)?.jobs}`;
  return (["recorded", "evaluated"] as const).flatMap((part) => {
    const { commands, bytes, perSecond } = lastToFirst[part];
    return [
      { what: `${of}, ${part}: commands`, figure: commands, sense: "at most", limit: mostGrowth, unit: "" },
      { what: `${of}, ${part}: bytes`, figure: bytes, sense: "at most", limit: mostGrowth, unit: "" },
      { what: `${of}, ${part}: time`, figure: 1 / perSecond, sense: "at most", limit: mostGrowth, unit: "" },
    ] as const;
  });
}

export function isMet({ figure, sense, limit }: Target): boolean {
  return sense === "at least" ? figure >= limit : figure <= limit;
}
