/** What the documents say is true: settings, jobs, metrics, files and commands. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { readConfig, settingNames } from "../src/config.ts";
import { jobs } from "../src/jobs/index.ts";
import { createMetrics } from "../src/metrics.ts";
import { readRepositoryFile } from "../src/policy/read.ts";
import { settingsOf } from "../src/policy/schema.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
/** With what it has in comments. */
function withAll(file: string): string {
  const setting = /^# ((?:owners|people|follow_up|teams|mutes|never_alert):.*| {2}(?:["\w@./-]+: |- \{).*)$/gm;
  return read(file).replace(setting, "$1");
}
const documents = ["README.md", "CONTRIBUTING.md", "docs/design.md", "docs/operations.md"];

describe("the documents", () => {
  it("README names every setting, and none that is not read", () => {
    const rows = [...read("README.md").matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) \|/gm)];
    const named = rows.flatMap(([, cell = ""]) => [...cell.matchAll(/`([A-Z_]+)`/g)].map((match) => match[1] ?? ""));
    expect(named.toSorted()).toEqual(settingNames.toSorted());
  });

  it("signalbox.example.yml is taken as it is", () => {
    const env = {
      BUILDKITE_WEBHOOK_TOKEN: "t",
      SLACK_BOT_TOKEN: "xoxb-t",
      SLACK_SIGNING_SECRET: "t",
    };
    const { policy } = readConfig(env, read("signalbox.example.yml"));
    expect(policy.routes).toHaveLength(2);
    expect(policy.followUp).toBeNull();
    const full = readConfig({ ...env, BUILDKITE_API_TOKEN: "t" }, withAll("signalbox.example.yml")).policy;
    expect(full.followUp?.pipeline).toBe("ci-analytics");
    expect([...full.people.keys()]).toEqual(["octocat", "ada@old-company.example"]);
    expect(full.defaults.owners).toBe("S0PLATFORM");
    expect([...full.teams.keys()]).toEqual(["@acme/payments", "@octocat"]);
    expect(full.mutes).toHaveLength(1);
    expect(full.neverAlert).toHaveLength(1);
  });

  it("docs/repository-signalbox.example.yml is taken as it is", () => {
    const file = "docs/repository-signalbox.example.yml";
    for (const text of [read(file), withAll(file)]) expect(readRepositoryFile(text)).toMatchObject({ ok: true });
  });

  it.each([
    ["signalbox.example.yml", settingsOf.operator],
    ["docs/repository-signalbox.example.yml", settingsOf.repository],
  ])("%s has every setting, and none that is not read", (file, settings) => {
    expect(Object.keys(parseYaml(withAll(file))).toSorted()).toEqual(settings.toSorted());
  });

  it("design.md has the table of jobs as it is in the code", () => {
    const rows = [...read("docs/design.md").matchAll(/^\| (\d+) \| `(\w+)` \|/gm)];
    const table = Object.entries(jobs).map(([kind, { order }]) => [String(order), kind]);
    expect(rows.map(([, order, kind]) => [order, kind])).toEqual(table.toSorted(([a], [b]) => Number(a) - Number(b)));
  });

  it("operations.md names metrics that exist", async () => {
    const exposed = await createMetrics().registry.metrics();
    const named = [...read("docs/operations.md").matchAll(/signalbox_\w+/g)].map(([name]) => name);
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((name) => !exposed.includes(`# TYPE ${name} `))).toEqual([]);
  });

  it.each(documents)("%s points to files and npm scripts that exist", (document) => {
    const text = read(document);
    const scripts = JSON.parse(read("package.json")).scripts;
    const files = [...text.matchAll(/`((?:src|test|docs|sandbox|bench)\/[\w./-]*)`/g)].map((match) => match[1] ?? "");
    const links = [...text.matchAll(/\]\((?!http)([^)#]+)\)/g)].map((match) => join(document, "..", match[1] ?? ""));
    const commands = [...text.matchAll(/npm (?:run )?(start|test|[a-z]+)(?= --|`|\s)/g)].map((match) => match[1] ?? "");
    expect([...files, ...links].filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(
      commands.filter((name) => !["ci", "install", "scripts", "run"].includes(name) && !(name in scripts)),
    ).toEqual([]);
  });
});
