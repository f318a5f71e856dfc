// What the linter asks for: oxlint's own categories, the rules that the project adds or leaves out, and the imports that
// each room may have, which come from the table in scripts/check/rooms.ts.

import { defineConfig } from "oxlint";

import { importOverrides } from "./scripts/check/room-imports.ts";
import { ROOMS } from "./scripts/check/rooms.ts";

export default defineConfig({
  plugins: ["typescript", "unicorn", "oxc", "import", "promise", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  options: { typeAware: true },
  rules: {
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "oxc/no-map-spread": "off",
    "vitest/no-conditional-expect": "off",
    "import/no-named-as-default-member": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "import/no-unassigned-import": "off",
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "error",
    "typescript/switch-exhaustiveness-check": "error",
    // It also forbids `import("…").Type`, which the lists of imports do not see.
    "typescript/consistent-type-imports": "error",
    "import/no-default-export": "error",
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "vitest/expect-expect": [
      "error",
      {
        assertFunctionNames: [
          "expect*",
          "**.hears*",
          "**.takes*",
          "**.expect*",
          "**.answersDial*",
          "**.isClosed*",
          "**.isGone*",
          "**.meets",
        ],
      },
    ],
    eqeqeq: "error",
  },
  overrides: [
    ...importOverrides(ROOMS),
    { files: ["test/support/**"], rules: { "vitest/no-standalone-expect": "off" } },
    { files: ["**/*.d.ts"], rules: { "typescript/consistent-type-imports": "off" } },
    {
      files: ["src/worker/index.ts", "scripts/bench/floor/floor-worker.ts", "vitest.config.ts", "oxlint.config.ts"],
      rules: { "import/no-default-export": "off" },
    },
  ],
  ignorePatterns: ["assets/**", "dist/**"],
});
