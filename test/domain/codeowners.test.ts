import { describe, expect, it } from "vitest";
import { ownersOf, parseCodeowners } from "../../src/domain/codeowners.ts";

function ownersIn(codeowners: string, ...files: string[]): string[] {
  return ownersOf(files, parseCodeowners(codeowners));
}

describe("a pattern of CODEOWNERS", () => {
  it.each([
    ["*", "README.md"],
    ["*", "a/b/c.go"],
    ["*.js", "a/b.js"],
    ["/build/logs/", "build/logs/today/x.log"],
    ["docs/*", "docs/getting-started.md"],
    ["apps/", "apps/web/x.ts"],
    ["apps/", "packages/apps/x.ts"],
    ["/docs/", "docs/a/b.md"],
    ["/scripts", "scripts/deploy.sh"],
    ["/scripts", "scripts"],
    ["**/logs", "build/logs/x.log"],
    ["**/logs", "logs"],
    ["/apps/**/test", "apps/a/b/test/c.ts"],
    ["/apps/**/test", "apps/test"],
    ["docs/**", "docs/a/b.md"],
    ["**", "a/b"],
    ["a/**/**/b", "a/x/b"],
    ["file?.txt", "x/file1.txt"],
    ["my\\ docs/", "my docs/a.md"],
    ["src/*-api/*.ts", "src/payments-api/a.ts"],
    ["/.github/", ".github/workflows/ci.yml"],
  ])("%j means %j", (pattern, file) => {
    expect(ownersIn(`${pattern} @acme/team`, file)).toEqual(["@acme/team"]);
  });

  it.each([
    ["*.js", "a.jsx"],
    ["docs/*", "docs/build-app/troubleshooting.md"],
    ["docs/*", "x/docs/a.md"],
    ["/apps/", "packages/apps/x.ts"],
    ["/apps/", "apps"],
    ["apps", "myapps/x"],
    ["Docs/", "docs/a.md"],
    ["docs/**", "docs"],
    ["a/*/b", "a/x/y/b"],
    ["file?.txt", "file.txt"],
    ["/a", "b/a"],
  ])("%j does not mean %j", (pattern, file) => {
    expect(ownersIn(`${pattern} @acme/team`, file)).toEqual([]);
  });

  it.each(["!docs/", "[a-z].ts", "/", "***", "a/".repeat(30), "*a*a*a*a*a"])(
    "%j is skipped, as GitHub does",
    (pattern) => {
      expect(parseCodeowners(`${pattern} @acme/team`)).toEqual({ rules: [], skipped: 1 });
    },
  );

  it("that somebody thought out takes no time: rather nobody is told", () => {
    const hostile = parseCodeowners(`* @acme/team\n${`${"**/a/".repeat(9)}*a*a*a*b @x\n`.repeat(3_000)}`);
    const files = Array.from({ length: 100 }, (_, i) => `${i}/${"a/".repeat(38)}${"a".repeat(200)}c`);
    const begin = performance.now();
    expect(ownersOf(files, hostile)).toEqual([]);
    expect(performance.now() - begin).toBeLessThan(5_000);
  });
});

describe("the owners", () => {
  const file = `
# Everybody's
*                 @acme/platform   # and nobody else's
/payments/        @acme/payments ada@example.com
/payments/vendor/
/payments/*.md    @Grace
/broken           not-an-owner
`;

  it("are those of the last line that matches", () => {
    expect(ownersIn(file, "a.ts")).toEqual(["@acme/platform"]);
    expect(ownersIn(file, "payments/a.ts")).toEqual(["@acme/payments", "ada@example.com"]);
    expect(ownersIn(file, "payments/a.md")).toEqual(["@grace"]);
  });

  it("are none where a line without owners says so", () => {
    expect(ownersIn(file, "payments/vendor/x.c")).toEqual([]);
  });

  it("of several files come with who owns most of them first, each once", () => {
    expect(ownersIn(file, "a.ts", "payments/a.ts", "payments/b.ts")).toEqual([
      "@acme/payments",
      "ada@example.com",
      "@acme/platform",
    ]);
  });

  it("are counted without the lines that say nothing", () => {
    expect(parseCodeowners(file)).toMatchObject({ rules: { length: 4 }, skipped: 1 });
    expect(parseCodeowners("[Section] @x\n^[Optional][2] @y").skipped).toBe(2);
  });

  it("are read whatever the file is", () => {
    for (const text of ["", "\0", "@".repeat(10_000), "\\".repeat(10_000), "* ".repeat(10_000), "\r\n\r\n"]) {
      expect(() => ownersIn(text, "a", "/", "..", "")).not.toThrow();
    }
  });
});
