import { defineConfig } from "vitest/config";
import { summary } from "./test/harness/summary.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/harness/global-setup.ts"],
    reporters: ["default", summary],
    // No test leaves anything behind in a module, so files may share them: half the time.
    isolate: false,
    maxWorkers: "100%",
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
