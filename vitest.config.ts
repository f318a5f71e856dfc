// Three kinds of tests: in workerd what touches the platform, in processes of their own whole herds, and in plain Node
// everything else, so that no test is left out.

import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // By default Vitest leaves one core to itself, and the tests of whole herds mostly wait.
    maxWorkers: 2,
    // The servers' own logs would drown what the tests say.
    onConsoleLog: (log) => !log.startsWith('{"at":'),
    projects: [
      {
        test: {
          name: "node",
          include: ["test/**/*.test.ts"],
          exclude: ["test/worker/**", "test/{herd,page}/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: "./wrangler.toml", environment: "test" } })],
        test: {
          name: "workerd",
          include: ["test/worker/**/*.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "herd",
          include: ["test/{herd,page}/*.test.ts"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
