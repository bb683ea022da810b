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
    // Node loads the modules, types stripped, as in production: neither Vite nor hooks for mocks, which we have none of.
    experimental: { viteModuleRunner: false, nodeLoader: false },
    // Every story leaves a whole bot to be collected.
    execArgv: ["--max-semi-space-size=32"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
