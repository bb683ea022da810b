/** Where the app is installed: state follows what happens at GitHub, by webhooks, by asking, and by being refused. */
import { describe, expect, it } from "vitest";
import type { GithubRequest } from "../../src/github/client.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { ref, type Stage, startStage } from "./stage.ts";

const redis = useRedis();
const web = ref("acme/web");
const api = ref("acme/api");
const acme = web.organization;
const readme: GithubRequest = {
  name: "repos.getContent",
  method: "GET",
  path: "/repos/{owner}/{repo}/contents/{path}",
  parameters: { path: "README.md" },
};

const statusOf = async ({ client }: Stage, repository = web): Promise<number | null> =>
  (await client.call(repository, readme))?.status ?? null;

describe("a repository", () => {
  it("without the app is asked for once in ten minutes", async () => {
    const stage = await startStage(redis);
    const { standIn, clock } = stage;
    for (let i = 0; i < 3; i += 1) expect(await statusOf(stage)).toBeNull();
    expect(standIn.requests.map(({ name }) => name)).toEqual(["apps.getRepoInstallation"]);
    standIn.install("acme");
    expect(await statusOf(stage)).toBeNull();
    clock.advance(10 * minute);
    expect(await statusOf(stage)).toBe(200);
  });

  it("is known at once when GitHub tells that the app was installed", async () => {
    const stage = await startStage(redis);
    expect(await statusOf(stage)).toBeNull();
    stage.standIn.install("acme", { repositories: ["acme/web"] });
    await stage.client.readInstallation(acme);
    expect(await statusOf(stage)).toBe(200);
    expect(await statusOf(stage, api)).toBeNull();
  });

  it("that was added is known at once, and one that was removed no longer", async () => {
    const stage = await startStage(redis);
    const installation = stage.standIn.install("acme", { repositories: ["acme/web"] });
    await stage.client.readInstallation(acme);
    installation.add("acme/api");
    installation.remove("acme/web");
    await stage.client.readInstallation(acme);
    const asked = stage.standIn.requests.length;
    expect(await statusOf(stage, api)).toBe(200);
    expect(await statusOf(stage)).toBeNull();
    // The file, and once whether the app is really not installed on the other one.
    expect(stage.standIn.requests).toHaveLength(asked + 2);
  });

  it("of all that an owner has needs no question", async () => {
    const stage = await startStage(redis);
    stage.standIn.install("acme");
    await stage.client.readInstallation(acme);
    stage.standIn.repository("acme/new", { private: true }).commit({ files: { "README.md": "new" } });
    const asked = stage.standIn.calls("apps.getRepoInstallation");
    expect(await statusOf(stage, ref("acme/new"))).toBe(200);
    expect(stage.standIn.calls("apps.getRepoInstallation")).toBe(asked);
  });

  it("of many is known by name, over several pages", async () => {
    const stage = await startStage(redis);
    const names = Array.from({ length: 130 }, (_, i) => `acme/many-${i}`);
    for (const name of names) stage.standIn.repository(name, { private: true });
    stage.standIn.install("acme", { repositories: ["acme/web", ...names] });
    await stage.client.readInstallation(acme);
    expect((await stage.stores.githubInstallations.read(acme))?.repositories).toHaveLength(131);
  });
});

describe("a repository that went to another owner", () => {
  it("does not lend the new owner's installation to the old one", async () => {
    const stage = await startStage(redis);
    const { standIn } = stage;
    const others = standIn.install("other");
    standIn.repository("acme/web").transfer("other");
    expect(await statusOf(stage)).toBeNull();
    expect(await stage.stores.githubInstallations.read(acme)).toBeNull();
    expect(await statusOf(stage, ref("other/web"))).toBe(200);
    expect((await stage.stores.githubInstallations.read(ref("other/web").organization))?.id).toBe(others.id);
    // What was heard under the old name holds as long as that of any other without the app.
    const asked = standIn.requests.length;
    expect(await statusOf(stage)).toBeNull();
    expect(standIn.requests).toHaveLength(asked);
  });

  it("leaves the old owner's others as they were", async () => {
    const stage = await startStage(redis);
    const mine = stage.standIn.install("acme", { repositories: ["acme/web", "acme/api"] });
    stage.standIn.install("other");
    await stage.client.readInstallation(acme);
    stage.standIn.repository("acme/web").transfer("other");
    stage.clock.advance(2 * minute);
    expect(await statusOf(stage)).toBeNull();
    expect(await statusOf(stage, api)).toBe(200);
    expect(await stage.stores.githubInstallations.read(acme)).toMatchObject({ id: mine.id, repositories: ["api"] });
  });
});

describe("repositories without the app", () => {
  it.each([
    ["of an owner without it", []],
    ["of an owner with it on others", ["acme/docs"]],
  ])("%s are asked for once each in ten minutes", async (_, installed) => {
    const stage = await startStage(redis);
    const { standIn, clock, stores } = stage;
    standIn.repository("acme/docs");
    if (installed.length > 0) standIn.install("acme", { repositories: installed });
    await stage.client.readInstallation(acme);
    const known = stores.keys.githubInstallation(acme);
    if (installed.length > 0) await stores.redis.expire(known, 1000);
    const asked = standIn.calls("apps.getRepoInstallation");
    for (let i = 0; i < 3; i += 1) {
      for (const repository of [web, api]) expect(await statusOf(stage, repository)).toBeNull();
      clock.advance(minute);
    }
    expect(standIn.calls("apps.getRepoInstallation")).toBe(asked + 2);
    // A "no" for one says nothing of how long the rest may be believed.
    if (installed.length > 0) expect(await stores.redis.ttl(known)).toBeLessThanOrEqual(1000);
  });

  it("stay so, when another one gets it", async () => {
    const stage = await startStage(redis);
    const { standIn } = stage;
    standIn.install("acme", { repositories: ["acme/web"] });
    expect(await statusOf(stage, api)).toBeNull();
    expect(await statusOf(stage)).toBe(200);
    const asked = standIn.calls("apps.getRepoInstallation");
    expect(await statusOf(stage, api)).toBeNull();
    expect(standIn.calls("apps.getRepoInstallation")).toBe(asked);
  });
});

describe("an installation", () => {
  it("that is suspended does nothing until it is allowed again", async () => {
    const stage = await startStage(redis);
    const installation = stage.standIn.install("acme");
    await stage.client.readInstallation(acme);
    installation.suspend();
    await stage.client.readInstallation(acme);
    const asked = stage.standIn.requests.length;
    expect(await statusOf(stage)).toBeNull();
    expect(stage.standIn.requests).toHaveLength(asked);
    installation.unsuspend();
    await stage.client.readInstallation(acme);
    expect(await statusOf(stage)).toBe(200);
  });

  it("that was removed is forgotten, and found again under its new id", async () => {
    const stage = await startStage(redis);
    const first = stage.standIn.install("acme");
    expect(await statusOf(stage)).toBe(200);
    first.uninstall();
    await stage.client.readInstallation(acme);
    expect(await stage.stores.githubInstallations.read(acme)).toBeNull();
    expect(await statusOf(stage)).toBeNull();
    const second = stage.standIn.install("acme");
    await stage.client.readInstallation(acme);
    expect(await statusOf(stage)).toBe(200);
    expect((await stage.stores.githubInstallations.read(acme))?.id).toBe(second.id);
  });

  it.each(["suspend", "uninstall"] as const)("%sed without a word is found out by being refused", async (what) => {
    const stage = await startStage(redis);
    const installation = stage.standIn.install("acme");
    expect(await statusOf(stage)).toBe(200);
    installation[what]();
    stage.clock.advance(2 * minute);
    expect(await statusOf(stage)).toBeNull();
    const asked = stage.standIn.requests.length;
    expect(await statusOf(stage)).toBeNull();
    expect(stage.standIn.requests).toHaveLength(asked);
  });

  it("replaced without a word is found out too, and the call is made as the new one", async () => {
    const stage = await startStage(redis);
    const first = stage.standIn.install("acme");
    expect(await statusOf(stage)).toBe(200);
    first.uninstall();
    const second = stage.standIn.install("acme");
    stage.clock.advance(2 * minute);
    expect(await statusOf(stage)).toBe(200);
    expect((await stage.stores.githubInstallations.read(acme))?.id).toBe(second.id);
  });

  it("without a repository any more, and nobody told: the call says that it is not installed", async () => {
    const stage = await startStage(redis);
    const installation = stage.standIn.install("acme", { repositories: ["acme/web", "acme/api"] });
    await stage.client.readInstallation(acme);
    installation.remove("acme/web");
    stage.clock.advance(2 * minute);
    expect(await statusOf(stage)).toBeNull();
    expect(await statusOf(stage, api)).toBe(200);
  });

  it("without a repository any more is told from a file that is not there, also by who expects a 404", async () => {
    const stage = await startStage(redis);
    const installation = stage.standIn.install("acme", { repositories: ["acme/web", "acme/api"] });
    await stage.client.readInstallation(acme);
    const request = { ...readme, expected: [403, 404] };
    stage.clock.advance(2 * minute);
    const missing = { ...request, parameters: { path: "none" } };
    expect(await stage.client.call(web, missing)).toMatchObject({ status: 404 });
    installation.remove("acme/web");
    stage.clock.advance(2 * minute);
    expect(await stage.client.call(web, request)).toBeNull();
    expect(await stage.client.call(api, request)).toMatchObject({ status: 200 });
  });
});

describe("a 404", () => {
  it("of something that is not there costs one question a minute at the most", async () => {
    const stage = await startStage(redis);
    stage.standIn.install("acme");
    expect(await statusOf(stage)).toBe(200);
    stage.clock.advance(2 * minute);
    const missing = { ...readme, parameters: { path: "none" } };
    for (let i = 0; i < 5; i += 1) await expect(stage.client.call(web, missing)).rejects.toThrow("404");
    expect(stage.standIn.calls("apps.getRepoInstallation")).toBe(2);
  });
});
