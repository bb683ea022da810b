import type { OutgoingHttpHeaders } from "node:http";
import { describe, expect, it } from "vitest";
import { StoreUnavailable } from "../../src/state/unavailable.ts";
import { startTestIngress } from "./harness.ts";

const path = "/debug/builds/acme-inc/payments-api/1042";
const password = "ünlock:me";

describe("the debug view", () => {
  it("does not exist without a password", async () => {
    await using ingress = await startTestIngress({ debugPassword: null, describe: async () => ({}) });
    expect(await ingress.send(path, { headers: basic("debug", "") })).toMatchObject({ status: 404 });
  });

  it("shows what is known of the build that was asked for, and keeps it out of caches", async () => {
    await using ingress = await startTestIngress({
      debugPassword: password,
      describe: async (ref) => ({ ref, jobs: [] }),
    });
    const answer = await ingress.send(path, { headers: basic("debug", password) });
    expect(answer).toMatchObject({
      status: 200,
      headers: { "content-type": "application/json", "cache-control": "no-store" },
    });
    expect(JSON.parse(answer.body)).toEqual({
      ref: { organization: "acme-inc", pipeline: "payments-api", number: 1042 },
      jobs: [],
    });
  });

  it("never shows the environment of a build", async () => {
    const build = { state: "failed", env: { TOKEN: "canary" }, jobs: [{ env: { TOKEN: "canary" }, name: "Specs" }] };
    await using ingress = await startTestIngress({ debugPassword: password, describe: async () => build });
    const answer = await ingress.send(path, { headers: basic("debug", password) });
    expect(JSON.parse(answer.body)).toEqual({ state: "failed", jobs: [{ name: "Specs" }] });
  });

  it.each<[string, OutgoingHttpHeaders]>([
    ["nothing", {}],
    ["another user", basic("devx", password)],
    ["another password", basic("debug", "unlock:me")],
    ["the beginning of the password", basic("debug", password.slice(0, -1))],
    ["another scheme", { authorization: `Bearer ${password}` }],
    ["no base64", { authorization: "Basic" }],
    ["more than base64", { authorization: `${basic("debug", password).authorization} x` }],
    ["the header twice", { Authorization: [basic("debug", password).authorization, "Basic x"] }],
  ])("is closed to %s, even for a bad number", async (_, headers) => {
    await using ingress = await startTestIngress({ debugPassword: password });
    for (const address of [path, "/debug/builds/acme-inc/payments-api/latest"]) {
      expect(await ingress.send(address, { headers })).toMatchObject({
        status: 401,
        headers: { "www-authenticate": 'Basic realm="Signalbox", charset="UTF-8"' },
      });
    }
  });

  it.each([
    ["/debug/builds/acme-inc/payments-api/latest", 400],
    ["/debug/builds/acme-inc/payments-api/0", 400],
    ["/debug/builds/acme-inc/payments-api/-1", 400],
    ["/debug/builds/acme-inc/payments-api/1e3", 400],
    ["/debug/builds/acme-inc/payments-api/9999999999999999", 400],
    ["/debug/builds/acme-inc/payments-api/", 400],
    ["/debug/builds/acme-inc/payments-api/1043", 404],
    ["/debug/builds/acme-inc/%2e%2e/1042", 404],
    ["/debug/builds/acme-inc/payments-api", 404],
    ["/debug/builds/acme-inc/payments-api/1042/jobs", 404],
    ["/debug/builds/", 404],
  ])("answers %s with %i", async (address, status) => {
    await using ingress = await startTestIngress({ debugPassword: password });
    expect(await ingress.send(address, { headers: basic("debug", password) })).toMatchObject({ status });
  });

  it("asks to come again while the store is away", async () => {
    await using ingress = await startTestIngress({
      debugPassword: password,
      describe: () => Promise.reject(new StoreUnavailable("Cannot read the build")),
    });
    const answer = await ingress.send(path, { headers: basic("debug", password) });
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "5" } });
  });
});

function basic(user: string, password: string) {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` };
}
