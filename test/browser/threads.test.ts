import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBrowser } from "../../scripts/browser.mjs";
import { computeTogether } from "./threads.mjs";

const file = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const FILES: Record<string, string> = {
  "/": "<!doctype html><title>threads</title>",
  "/index.js": file("../../dist/index.js"),
  "/worker.js": file("../../dist/worker.js"),
  "/threads.js": file("threads.mjs"),
  "/compute.js": `import * as ell2 from "/index.js";
    import { computeTogether } from "/threads.js";
    postMessage(await computeTogether(ell2, 2));`,
};
/** Without them a page has no shared memory. */
const ISOLATED = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

let server: Server;
let browser: Browser;
let isolated = true;

beforeAll(async () => {
  server = createServer(({ url = "" }, response) => {
    const type = url === "/" ? "text/html" : "text/javascript";
    response.writeHead(url in FILES ? 200 : 404, { "Content-Type": type, ...(isolated ? ISOLATED : {}) });
    response.end(FILES[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error("no Chromium: npm test says how to get one");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/** Runs an expression in a new page of the server. */
async function inPage(expression: string): Promise<unknown> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const result = await page.evaluate(expression);
  await page.close();
  return result;
}

const IN_WORKER = `new Promise((resolve, reject) => {
  const worker = new Worker("/compute.js", { type: "module" });
  worker.onmessage = ({ data }) => resolve(data);
  worker.onerror = ({ message }) => reject(new Error(message));
})`;
const IN_PAGE = `import("/index.js").then((ell2) => ell2.startThreads(2))`;

test("a page's worker shares with threads where memory may be shared, and has the bits of Node", async () => {
  const alone = await computeTogether(await import("../../src/index.js"), 1);
  expect(alone.threads).toBe(1);
  expect(await inPage(IN_WORKER)).toEqual({ ...alone, threads: 2 });
  isolated = false;
  expect(await inPage(IN_WORKER)).toEqual(alone);
  isolated = true;
}, 60_000);

test("a page's own thread, which may not wait, stays alone", async () => {
  expect(await inPage(IN_PAGE)).toBe(1);
});
