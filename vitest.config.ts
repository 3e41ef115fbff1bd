import { defineConfig } from "vitest/config";

const source = (path: string) => new URL(`src/${path}`, import.meta.url).pathname;

export default defineConfig({
  // the lab imports the package by its own name
  resolve: {
    alias: [
      { find: /^ell2$/, replacement: source("index.ts") },
      { find: /^ell2\/charts$/, replacement: source("charts/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
