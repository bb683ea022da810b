/** Which policy is in force for a repository, and what it costs to know. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readConfig } from "../../src/config.ts";
import { Organization } from "../../src/domain/ids.ts";
import { repositoryRef } from "../../src/domain/pull.ts";
import { createPolicies } from "../../src/policies.ts";
import { createKeys } from "../../src/state/keys.ts";
import { createMarks } from "../../src/state/marks.ts";
import { createPolicyFiles, type PolicyHead } from "../../src/state/policies.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { FakeClock, hour } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const name = "acme/payments-api";
const ref = repositoryRef(name) ?? fail();
const env = {
  BUILDKITE_WEBHOOK_TOKEN: "t",
  SLACK_BOT_TOKEN: "xoxb-t",
  SLACK_SIGNING_SECRET: "s",
  SLACK_CHANNEL: "C0ALERTS",
};
const config = readConfig(env, "owners: S0OPERATOR");

function fail(): never {
  throw new Error("Cannot begin: the name of the repository is none");
}

let prefixes = 0;

async function start(host: string | null = "github.com") {
  prefixes += 1;
  const clock = new FakeClock();
  const client = await redis.open();
  const keys = createKeys(`test${prefixes}`);
  const scripts = loadScripts(client);
  const marks = createMarks(client, scripts, keys);
  const stored = createPolicyFiles(client, scripts, keys);
  const asked: string[] = [];
  const files: typeof stored = {
    head: (...args) => count("head", () => stored.head(...args)),
    read: (...args) => count("read", () => stored.read(...args)),
    write: (...args) => stored.write(...args),
    repositories: (...args) => count("repositories", () => stored.repositories(...args)),
  };
  const count = <T>(what: string, call: () => T): T => {
    asked.push(what);
    return call();
  };
  const fired: string[] = [];
  const fire = async (subjects: readonly { readonly subject: string }[]) => {
    fired.push(...subjects.map(({ subject }) => subject));
  };
  return {
    clock,
    stored,
    asked,
    fired,
    marks,
    policies: createPolicies({ config, files, marks, fire, host, clock }),
    async write(text: string, over: Partial<PolicyHead> = {}, codeowners = "") {
      const version = (content: string) =>
        content === "" ? null : createHash("sha256").update(content).digest("hex").slice(0, 8);
      const head: PolicyHead = {
        readAt: clock.now(),
        blob: "b1",
        text: version(text),
        codeowners: version(codeowners),
        applied: null,
        problem: null,
        installed: true,
        ...over,
      };
      return stored.write(ref, { head, text, codeowners });
    },
  };
}

describe("the policy in force", () => {
  it("is the operator's without GitHub or a repository, and Redis is not asked", async () => {
    const { policies, asked, fired } = await start(null);
    expect(await policies.of(name)).toBe(config.policy);
    expect(await policies.ofAddress("git@github.com:acme/payments-api.git")).toBe(config.policy);
    expect(await policies.all()).toEqual([config.policy]);
    const on = await start();
    expect(await on.policies.of(null)).toBe(config.policy);
    expect(await on.policies.ofAlert({ repository: name, host: "github.example.com" })).toBe(config.policy);
    expect(await on.policies.ofAddress("git@gitlab.com:acme/payments-api.git")).toBe(config.policy);
    expect([...asked, ...on.asked, ...fired, ...on.fired]).toEqual([]);
  });

  it("of a repository that nobody has read is the operator's, and it is read once", async () => {
    const { policies, fired, asked } = await start();
    for (const _ of [1, 2, 3]) expect(await policies.of("Acme/Payments-API")).toBe(config.policy);
    expect(fired).toEqual(["readRepositoryPolicy|payments-api"]);
    expect(asked).toEqual(["head", "head", "head"]);
  });

  it("takes one small read, and follows what is written at once", async () => {
    const { policies, write, asked, fired } = await start();
    await write("never_alert: [Nightly]");
    for (const _ of [1, 2, 3]) expect((await policies.of(name)).neverAlert).toMatchObject([{ job: "Nightly" }]);
    expect(await policies.ofAlert({ repository: name })).toBe(await policies.ofAddress(`https://github.com/${name}`));
    expect(asked).toEqual(["head", "read", "head", "head", "head", "head"]);
    await write("never_alert: [Weekly]");
    expect((await policies.of(name)).neverAlert).toMatchObject([{ job: "Weekly" }]);
    await write("", { blob: null });
    expect(await policies.of(name)).toBe(config.policy);
    expect(fired).toEqual([]);
  });

  it("is the last good one with what is wrong with the newest", async () => {
    const { policies, write, clock } = await start();
    const problem = { since: clock.now(), mistakes: [{ line: 2, message: "no" }] };
    await write("never_alert: [Nightly]", { problem });
    expect(await policies.of(name)).toMatchObject({ neverAlert: [{ job: "Nightly" }], repository: { name, problem } });
    await write("", { problem });
    expect(await policies.of(name)).toMatchObject({ neverAlert: [], repository: { name, problem } });
  });

  it("is read again after a day, and sooner where the app was not installed", async () => {
    const { policies, write, clock, fired } = await start();
    await write("never_alert: [Nightly]");
    clock.advance(23 * hour);
    await policies.of(name);
    expect(fired).toEqual([]);
    clock.advance(hour);
    expect((await policies.of(name)).neverAlert).toHaveLength(1);
    expect(fired).toHaveLength(1);
    const other = await start();
    await other.write("never_alert: [Nightly]", { installed: false });
    other.clock.advance(hour);
    expect((await other.policies.of(name)).neverAlert).toHaveLength(1);
  });

  it("is known of all repositories that have a file", async () => {
    const { policies, write, marks } = await start();
    await marks.introduce(Organization.parse("acme"));
    await write("never_alert: [Nightly]");
    expect((await policies.all()).map((policy) => policy.repository?.name ?? null)).toEqual([null, name]);
    await write("");
    expect(await policies.all()).toEqual([config.policy]);
  });

  it("tells who in Slack owns files", async () => {
    const { policies, write } = await start();
    await write(
      "teams: { '@acme/money': S0MONEY, '@ada': U0ADA }",
      {},
      "* @bob\n/src/ @acme/money\n/docs/ @ada @acme/money\n",
    );
    const of = (...files: string[]) => policies.ownersOf({ repository: name }, files);
    expect(await of("src/a.ts", "docs/a.md", "x")).toEqual(["S0MONEY", "U0ADA"]);
    expect(await of("x")).toEqual([]);
    expect(await of()).toEqual([]);
    expect(await policies.ownersOf({ repository: null }, ["src/a.ts"])).toEqual([]);
  });
});

describe("a reading", () => {
  it("never takes the place of a later one", async () => {
    const { write, stored, clock } = await start();
    const at = clock.now();
    expect(await write("never_alert: [New]", { readAt: at + 1 })).toBe(true);
    expect(await write("never_alert: [Old]", { readAt: at })).toBe(false);
    expect((await stored.read(ref))?.text).toBe("never_alert: [New]");
  });
});
