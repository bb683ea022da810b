/** For the platform that runs the process: is it alive, may it get traffic, what does it count. */
import { json, type RouteEntry, text } from "./route.ts";

export type Readiness =
  | { readonly ready: true }
  /** Events are taken and nothing is lost, so that there is no reason to send them elsewhere; but nobody hears of them. */
  | { readonly ready: true; readonly slack: "degraded"; readonly reason: string }
  | { readonly ready: false; readonly reason: string };

interface HealthOptions {
  readonly readiness: () => Promise<Readiness>;
  /** The metrics in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
}

const metricsType = "text/plain; version=0.0.4; charset=utf-8";

export function healthRoutes({ readiness, metrics }: HealthOptions): readonly RouteEntry[] {
  return [
    // Alive means only that this process answers: if Redis were asked too, its absence would restart every process.
    { method: "GET", path: "/healthz", handle: async () => text(200, "ok") },
    {
      method: "GET",
      path: "/readyz",
      handle: async () => {
        // Whoever cannot tell whether it is ready is not.
        const state = await readiness().catch((): Readiness => ({ ready: false, reason: "the check itself failed" }));
        return json(state.ready ? 200 : 503, state);
      },
    },
    {
      method: "GET",
      path: "/metrics",
      handle: async () => ({ status: 200, body: await metrics(), headers: { "content-type": metricsType } }),
    },
  ];
}
