/** The rules of docs/design.md that one line of code can hold. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => relative(root, join(entry.parentPath, entry.name)));
const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
const typescript = [...sources].filter(([file]) => file.endsWith(".ts"));
const scripts = [...sources].filter(([file]) => file.endsWith(".lua"));

function filesWith(pattern: RegExp, within: readonly (readonly [string, string])[] = typescript): string[] {
  return within.filter(([, text]) => pattern.test(withoutComments(text))).map(([file]) => file);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"])\/\/.*$/gm, "$1");
}

function importersOf(sdk: RegExp): string[] {
  return filesWith(new RegExp(`from "(?:${sdk.source})(?:/[^"]*)?"`)).filter(
    (file) => !/^src\/(app|main)\.ts$/.test(file),
  );
}

describe("the walls of the house", () => {
  it("decisions and messages are pure: no await, no clock, no SDK, no logger", () => {
    const pure = typescript.filter(([file]) => /^src\/(domain|slack\/messages|github\/messages)\//.test(file));
    expect(pure.length).toBeGreaterThan(10);
    expect(
      filesWith(/\b(?:await|async|Promise|setTimeout|setInterval|process)\b|Date\.now|new Date\(\)|Math\.random/, pure),
    ).toEqual([]);
    expect(
      filesWith(/from "(?:pino|ioredis|bullmq|@slack\/web-api|@slack\/bolt|octokit|probot|prom-client)"/, pure),
    ).toEqual([]);
    expect(filesWith(/from "\.\.\/(?:\.\.\/)?(?:state|jobs|handlers|ingress|buildkite|github)\//, pure)).toEqual([]);
  });

  it("each SDK lives in its folders", () => {
    expect(importersOf(/ioredis|bullmq|redis-semaphore/).filter((file) => !/^src\/(state|jobs)\//.test(file))).toEqual(
      [],
    );
    expect(importersOf(/@slack\/(?:web-api|bolt)/).filter((file) => !file.startsWith("src/slack/"))).toEqual([]);
    expect(importersOf(/@octokit|octokit|probot/).filter((file) => !/^src\/(github|ingress)\//.test(file))).toEqual([]);
  });

  it("the environment is read in main.ts, the clock in clock.ts", () => {
    expect(filesWith(/process\.(?:env|argv|exit|cwd|std)/)).toEqual(["src/main.ts"]);
    expect(filesWith(/Date\.now|new Date\(\)|performance\.now/)).toEqual(["src/clock.ts"]);
    expect(filesWith(/Math\.random/)).toEqual(["src/main.ts"]);
  });

  it("Redis keys are spelled in keys.ts only", () => {
    expect(filesWith(/\bredis\.(?!info|on\b|off\b|once)[a-z]+\(\s*["'`]|scripts\.run\("\w+", \[\s*["'`]/)).toEqual([]);
  });

  it("nothing of the sandbox or the tests gets into the product", () => {
    expect(filesWith(/from "(?:\.\.\/)+(?:sandbox|test|bench)\//)).toEqual([]);
  });

  it("files hold one idea: none is longer than 300 lines", () => {
    const long = [...sources].filter(([, text]) => text.split("\n").length > 300).map(([file]) => file);
    expect(long).toEqual([]);
  });

  it("nothing is left for later", () => {
    expect(filesWith(/\b(?:TODO|FIXME|XXX)\b/, [...sources])).toEqual([]);
  });
});

describe("the scripts", () => {
  it.each(scripts.filter(([file]) => !file.includes("/_")))(
    "%s says what its keys and its result are",
    (file, text) => {
      const keys = Number(/-(\d)\.lua$/.exec(file)?.[1]);
      // Only the scripts of every webhook do without: Redis runs them a sixth faster.
      expect(text.startsWith("#!lua")).toBe(!/recordBuild|recordPull/.test(file));
      expect(text).toMatch(/^-- KEYS {2}1 /m);
      if (!file.includes("postponeMark")) expect(text).toMatch(/^-- Returns /m);
      const used = [...text.matchAll(/KEYS\[(\d)\]/g)].map((match) => Number(match[1]));
      expect(Math.max(...used)).toBe(keys);
    },
  );

  it("declare every key: none is built inside a script", () => {
    expect(filesWith(/redis\.call\('[A-Z]+', '[a-z]|redis\.call\('[A-Z]+', [^,)]*\.\.\s*':/, scripts)).toEqual([]);
  });
});
