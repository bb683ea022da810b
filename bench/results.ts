import { cpus, loadavg } from "node:os";
import type { Redis } from "ioredis";
import type { ClickRow } from "./clicks.ts";
import type { GithubResult } from "./github.ts";
import type { GrowthResult } from "./growth.ts";
import type { IngestResult } from "./ingest.ts";
import type { LatencyRow } from "./latency.ts";

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly redis: string;
  /** How many processes wanted a core in the minute before: figures of a busy machine are worse. */
  readonly busy: number;
  readonly date: string;
}

export interface Results {
  readonly machine: Machine;
  readonly ingest: readonly IngestResult[];
  /** null: not measured. */
  readonly github: GithubResult | null;
  readonly latency: readonly LatencyRow[];
  /** null: not measured. */
  readonly clicks: ClickRow | null;
  /** null: not measured. */
  readonly growth: GrowthResult | null;
}

export async function describeMachine(redis: Redis): Promise<Machine> {
  const cores = cpus();
  return {
    cpu: cores[0]?.model ?? "unknown",
    cores: cores.length,
    node: process.version,
    redis: /^redis_version:(\S+)/m.exec(await redis.info("server"))?.[1] ?? "unknown",
    busy: loadavg()[0] ?? 0,
    date: new Date().toISOString().slice(0, 10),
  };
}
