import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../src/state/unavailable.ts";
import { startTestIngress } from "./harness.ts";

describe("health", () => {
  it("is alive even when it is not ready, so that nobody restarts it in vain", async () => {
    await using ingress = await startTestIngress({
      readiness: async () => ({ ready: false, reason: "Redis is away" }),
    });
    expect(await ingress.send("/healthz")).toMatchObject({ status: 200, body: "ok\n" });
  });

  it("says that it is ready", async () => {
    await using ingress = await startTestIngress();
    const answer = await ingress.send("/readyz");
    expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
    expect(JSON.parse(answer.body)).toEqual({ ready: true });
  });

  it("is ready although Slack is not, for nothing would be won by sending events elsewhere", async () => {
    const degraded = { ready: true, slack: "degraded", reason: "Slack does not answer" } as const;
    await using ingress = await startTestIngress({ readiness: async () => degraded });
    const answer = await ingress.send("/readyz");
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(degraded);
  });

  it("says why it is not ready", async () => {
    await using ingress = await startTestIngress({
      readiness: async () => ({ ready: false, reason: "Redis is away" }),
    });
    const answer = await ingress.send("/readyz");
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toEqual({ ready: false, reason: "Redis is away" });
  });

  it("is not ready when nobody can tell", async () => {
    await using ingress = await startTestIngress({
      readiness: () => Promise.reject(new StoreUnavailable("Cannot ask Redis")),
    });
    expect(await ingress.send("/readyz")).toMatchObject({ status: 503 });
  });

  it("shows the metrics in Prometheus' format", async () => {
    await using ingress = await startTestIngress({ metrics: async () => "signalbox_up 1\n" });
    expect(await ingress.send("/metrics")).toMatchObject({
      status: 200,
      headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8" },
      body: "signalbox_up 1\n",
    });
  });
});
