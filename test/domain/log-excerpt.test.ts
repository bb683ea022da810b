import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { JobLog } from "../../sandbox/buildkite/log.ts";
import { excerpt } from "../../src/domain/log-excerpt.ts";

const esc = "\x1b";
const bel = "\x07";

/** A log as an agent writes it: time stamps, CRLF, and its report of the failure. */
function failedLog(...lines: readonly string[]): string {
  const log = new JobLog();
  log.printStart("bin/test", 1_789_984_824_102);
  log.print(lines.join("\n"), 1_789_984_825_000);
  log.printFailure(1, 1_789_984_826_000);
  return log.text;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${i + 1}`);
}

describe("excerpt", () => {
  it("shows what Buildkite's own example failed with, and nothing of the agent", () => {
    const url = new URL("../fixtures/buildkite/rest.job-log.200.json", import.meta.url);
    const { content } = JSON.parse(readFileSync(url, "utf8"));

    expect(excerpt(content)).toEqual([
      "$ bin/rspec-shard",
      "Progress 100%",
      "Failures:",
      "  1) Money#round rounds half-even",
    ]);
  });

  it("takes the last 15 lines, or as many as it is told", () => {
    expect(excerpt(failedLog(...numbered(40)))).toEqual(numbered(40).slice(25));
    expect(excerpt(failedLog(...numbered(40)), { maxLines: 2 })).toEqual(["line 39", "line 40"]);
  });

  it("cuts long lines, but not through a character", () => {
    const [, long, face] = excerpt(failedLog("x".repeat(300), `${"x".repeat(198)}😀!`));

    expect(long).toBe(`${"x".repeat(199)}…`);
    expect(face).toBe(`${"x".repeat(198)}…`);
    expect(excerpt(failedLog("123456"), { maxLength: 4 })).toEqual(["$ b…", "123…"]);
  });

  it("leaves out blank lines, and those that only looked like something", () => {
    expect(excerpt(failedLog("a", "", "  \t ", `${esc}[0m`, `${esc}[2K\x08`, "b"))).toEqual(["$ bin/test", "a", "b"]);
  });

  it.each([
    ["colours", `${esc}[1;31mred${esc}[0m ${esc}[38;5;9mtoo${esc}[K`, "red too"],
    ["cursor moves", `${esc}[1A${esc}[2Kdone${esc}7${esc}(B`, "done"],
    ["carriage returns", "10%\r50%\r100%", "100%"],
    ["a carriage return before the end of the line", "100%\r\r", "100%"],
    ["tabs", "\tat x.ts:1", "  at x.ts:1"],
    ["control characters", "a\x00b\x08c\x7fd\u009be", "abcde"],
    ["marks that reorder text", "a\u202eb\u2066c", "abc"],
    ["halves of characters", "a\ud83d", "a\ufffd"],
    ["the terminal's links", `see ${esc}]8;;https://example.com${bel}the page${esc}]8;;${bel}`, "see the page"],
    ["links with a text", `${esc}]1339;url='https://example.com';content='Report, part 1'${bel}`, "Report, part 1"],
    ["links without a text", `${esc}]1339;url=https://example.com${esc}\\`, "https://example.com"],
    ["images", `shot: ${esc}]1338;url=artifact://a.png;alt=x${bel}`, "shot:"],
    ["a time stamp in the middle of a line", `10%\r${esc}_bk;t=1789984900000${bel}20%`, "20%"],
    ["a sequence that never ends", `${esc}]0;title`, "0;title"],
  ])("reads %s as a terminal shows them", (_, line, shown) => {
    expect(excerpt(failedLog(line)).slice(1)).toEqual([shown]);
  });

  it("reads a log without time stamps and with bare LF", () => {
    expect(excerpt("~~~ Running commands\n$ make\nmake: *** [test] Error 2\n")).toEqual([
      "$ make",
      "make: *** [test] Error 2",
    ]);
  });

  it("begins at the section that the agent opened", () => {
    const log = failedLog("--- Install", "installed", "--- Test", "1 failed");

    expect(excerpt(log)).toEqual(["1 failed"]);
  });

  it("begins at the last section that is open by itself", () => {
    const log = ["--- Install", "installed", "+++ Test", "1 failed", "--- Summary", "took 3 s"].join("\n");

    expect(excerpt(log)).toEqual(["1 failed", "took 3 s"]);
  });

  it("takes the whole log when the failed section is empty", () => {
    expect(excerpt(failedLog("1 failed", "--- Clean up"))).toEqual(["$ bin/test", "1 failed"]);
    expect(excerpt("1 failed\n+++ Report\n")).toEqual(["1 failed"]);
  });

  it("ends where the command failed: hooks come after it", () => {
    const log = `${failedLog("1 failed")}~~~ Running global pre-exit hook\r\n$ /hooks/pre-exit\r\nremoved 3 containers\r\n`;

    expect(excerpt(log)).toEqual(["$ bin/test", "1 failed"]);
  });

  it("keeps errors of the agent that tell something", () => {
    const log = "~~~ Preparing\n🚨 Error: The plugin docker command hook exited with status 1\n";

    expect(excerpt(log)).toEqual(["🚨 Error: The plugin docker command hook exited with status 1"]);
  });

  it("takes neither diffs nor Go's results for headers", () => {
    const go = ["=== RUN   TestSum", "    sum_test.go:10: boom", "--- FAIL: TestSum (0.00s)", "FAIL"];
    const diff = ["--- expected", "+++ actual", "@@ -1 +1 @@", "-1", "+2"];

    expect(excerpt(failedLog("+++ Test", ...go))).toEqual(go);
    expect(excerpt(failedLog("+++ Test", ...diff))).toEqual(diff);
  });

  it("hides secrets, also those that spread over lines, before it cuts anything", () => {
    const name = "PRIVATE KEY";
    const key = [
      `-----BEGIN ${name}-----`,
      ...Array(30).fill("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo0"),
      `-----END ${name}-----`,
    ];

    expect(excerpt(failedLog("before", ...key, "after"))).toEqual(["$ bin/test", "before", "*****", "after"]);
    expect(excerpt(failedLog(`to${esc}[0mken=abc`), { maxLength: 10 })).toContain("token=****".slice(0, 9).concat("…"));
  });

  it("finds nothing where there is nothing", () => {
    expect(excerpt("")).toEqual([]);
    expect(excerpt("~~~ Running commands\r\n^^^ +++\r\n")).toEqual([]);
  });

  it.each([
    ["escapes", `${esc}]`],
    ["headers", "--- a\n"],
    ["carriage returns", "\r"],
    ["links", `${esc}]1339;url=;content='`],
    ["numbers", `${esc}[1;`],
  ])("takes little time for 64 KB of %s", (_, unit) => {
    const start = performance.now();
    excerpt(unit.repeat(65_536 / unit.length));

    expect(performance.now() - start).toBeLessThan(200);
  });
});
