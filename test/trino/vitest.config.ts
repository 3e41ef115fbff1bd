import { defineConfig } from "vitest/config";
import config from "../../vitest.config.js";

/** `npm run test:trino`; on a busy machine Trino takes seconds for what else takes milliseconds. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: ["test/trino/*.test.ts"],
    exclude: [],
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
