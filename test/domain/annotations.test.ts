import { describe, expect, it } from "vitest";
import { annotationsIn } from "../../src/domain/annotations.ts";

function placesIn(...lines: string[]): string[] {
  return annotationsIn(lines).map(({ path, line, column, message }) => {
    return `${path}:${line}${column === null ? "" : `:${column}`} ${message}`;
  });
}

describe("a place in the repository", () => {
  it.each([
    ["TypeScript", "src/app.ts(12,5): error TS2322: Type 'x'", "src/app.ts:12:5 error TS2322: Type 'x'"],
    ["gcc", "lib/a b.c:3:1: error: no", null],
    ["clang", "lib/round.c:3:1: error: no such type", "lib/round.c:3:1 error: no such type"],
    [
      "eslint in unix format",
      "src/app.js:7:10: 'x' is not defined [Error]",
      "src/app.js:7:10 'x' is not defined [Error]",
    ],
    ["go test", "    round_test.go:27: got 3, want 4", "round_test.go:27 got 3, want 4"],
    ["go vet", "./round.go:27:2: unreachable code", "round.go:27:2 unreachable code"],
    ["pytest", "tests/test_app.py:12: AssertionError", "tests/test_app.py:12 AssertionError"],
    ["rspec", "rspec ./spec/models/user_spec.rb:12 # User is valid", "spec/models/user_spec.rb:12 User is valid"],
    ["a file in a hidden folder", ".github/workflows/ci.yml:3: bad key", ".github/workflows/ci.yml:3 bad key"],
    [
      "a file below the checkout",
      "/var/lib/buildkite-agent/builds/agent-1/acme-inc/payments-api/src/a.rb:3: bad",
      "src/a.rb:3 bad",
    ],
  ])("%s", (_, line, expected) => {
    expect(placesIn(line)).toEqual(expected === null ? [] : [expected]);
  });

  it("takes its message from the line that says what is wrong", () => {
    expect(placesIn("TypeError: x is not a function", "    at round (src/round.ts:12:5)")).toEqual([
      "src/round.ts:12:5 TypeError: x is not a function",
    ]);
    expect(placesIn('  File "app/models.py", line 12, in save', "    raise", "ValueError: no amount")).toEqual([
      "app/models.py:12 ValueError: no amount",
    ]);
    expect(placesIn("error[E0308]: mismatched types", " --> src/lib.rs:4:9")).toEqual([
      "src/lib.rs:4:9 error[E0308]: mismatched types",
    ]);
    expect(placesIn("thread 'main' panicked at src/lib.rs:4:9:")).toEqual([
      "src/lib.rs:4:9 thread 'main' panicked at src/lib.rs:4:9:",
    ]);
    expect(placesIn("Failure/Error: expect(1).to eq 2", "     # ./spec/a_spec.rb:3:in 'block'")).toEqual([
      "spec/a_spec.rb:3 Failure/Error: expect(1).to eq 2",
    ]);
  });

  it.each([
    "../../etc/passwd.txt:1: root",
    "src/../../secret.ts:1: x",
    "/etc/hosts.conf:1: x",
    "/home/me/builds/app.rb:1: x",
    "~/app.rb:1: x",
    "node_modules/lib/index.js:1:2: x",
    "    at x (node:internal/process/task_queues:95:5)",
    "    at x (node_modules/vitest/dist/index.js:95:5)",
    "C:\\app\\a.ts:1:2: x",
    "https://example.com/a.js:1:2: x",
    "//evil.example/a.js:1: x",
    "10.0.0.1:3000: refused",
    "localhost:80: refused",
    "12:30:45: started",
    "src/app.ts:0: x",
    "src/app.ts:12345678: x",
    "src/app.ts:12:",
  ])("is not in %j", (line) => {
    expect(placesIn(line)).toEqual([]);
  });

  it("is named once, and ten of them at the most", () => {
    const line = (n: number): string => `src/a.ts:${n}: broken`;
    const lines = Array.from({ length: 30 }, (_, i) => line(1 + (i % 15)));
    expect(annotationsIn(lines).map((found) => found.line)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it("has a message of bounded length, and one line", () => {
    const [found] = annotationsIn([`src/a.ts:1: ${"\u202ex".repeat(450)}`]);
    expect(found?.message).toBe("x".repeat(450));
    expect(annotationsIn([`src/a.ts:1: ${"x".repeat(5000)}`])).toEqual([]);
  });

  it.each([
    "a/".repeat(500),
    "a.".repeat(500),
    `at ${"(".repeat(900)}`,
    "-".repeat(1000),
    `File "${"a/.".repeat(300)}`,
  ])("is looked for quickly in %.20j…", (hostile) => {
    const from = performance.now();
    annotationsIn(Array.from({ length: 2000 }, () => hostile));
    expect(performance.now() - from).toBeLessThan(2000);
  });
});
