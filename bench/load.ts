/** A closed loop: each connection sends its next request when the one before is answered. */
import { performance } from "node:perf_hooks";
import { Connection, type PreparedRequest } from "./connection.ts";

export interface Load {
  readonly seconds: number;
  /** Milliseconds, one for each request. */
  readonly latencies: readonly number[];
}

/** @param lanes One connection each; the order within a lane is kept. */
export async function closedLoop(url: string, lanes: readonly (readonly PreparedRequest[])[]): Promise<Load> {
  const connections = await Promise.all(lanes.map(() => Connection.open(url)));
  const latencies: number[] = [];

  async function run(connection: Connection, requests: readonly PreparedRequest[]): Promise<void> {
    for (const request of requests) {
      const begun = performance.now();
      const status = await connection.send(request);
      latencies.push(performance.now() - begun);
      if (status !== 200) throw new Error(`Cannot measure: a webhook was answered with ${status}`);
    }
  }

  const begun = performance.now();
  try {
    await Promise.all(connections.map((connection, i) => run(connection, lanes[i] ?? [])));
    return { seconds: (performance.now() - begun) / 1000, latencies };
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** Milliseconds to the next event of a Poisson process. */
export function gap(perSecond: number): number {
  return (-Math.log(1 - Math.random()) * 1000) / perSecond;
}
