import { beforeAll, expect, it } from "vitest";
import { Organization, Pipeline } from "../../src/domain/ids.ts";
import { RepositoryName } from "../../src/domain/pull.ts";
import { createStores, type Stores } from "../../src/state/index.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const organization = Organization.parse("acme-inc");
const repository = { organization: Organization.parse("acme"), repository: RepositoryName.parse("payments-api") };
const commit = "4bb485c0f00d4bb485c0f00d4bb485c0f00d4bb4";
const build = (pipeline: string, number: number) => ({ organization, pipeline: Pipeline.parse(pipeline), number });
let stores: Stores;

beforeAll(async () => {
  stores = createStores(await redis.open(), "reports");
});

it("the newest build of each pipeline speaks for a commit, whatever the order and the repetitions", async () => {
  const { reports, redis: client, keys } = stores;
  expect(await reports.add(repository, commit, build("web", 9))).toBe(true);
  expect(await reports.add(repository, commit, build("web", 10))).toBe(true);
  expect(await reports.add(repository, commit, build("web", 10))).toBe(true);
  expect(await reports.add(repository, commit, build("web", 9))).toBe(false);
  expect(await reports.add(repository, commit, build("docs", 3))).toBe(true);
  expect(await reports.ofCommit(repository, commit)).toEqual([build("docs", 3), build("web", 10)]);
  expect(await reports.ofCommit(repository, commit.replace("4", "5"))).toEqual([]);
  expect(await client.ttl(keys.reports(repository, commit))).toBeGreaterThan(86_400);
});

it("a red build that could not be remembered is an error", async () => {
  const client = await redis.open();
  const { reports } = createStores(client, "reports");
  client.disconnect();
  await expect(reports.setRed(build("web", 1), true)).rejects.toThrow();
});

it("red builds are remembered while they are red, the newest fifty of a pipeline", async () => {
  const { reports } = stores;
  for (let number = 1; number <= 60; number += 1) await reports.setRed(build("web", number), true);
  await reports.setRed(build("web", 60), false);
  const red = await reports.red(organization, Pipeline.parse("web"));
  expect(red.map(({ number }) => number)).toEqual(Array.from({ length: 49 }, (_, i) => 11 + i));
  expect(await reports.red(organization, Pipeline.parse("docs"))).toEqual([]);
});
