import { existsSync, readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrowser } from "../../scripts/browser.mjs";
import { compute } from "./compute.mjs";

const DIST = new URL("../../dist/index.js", import.meta.url);
const COMPUTE = new URL("compute.mjs", import.meta.url);

describe("the library in Chromium", () => {
  let browser: Browser;
  const messages: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    const executablePath = findBrowser();
    if (executablePath === null) throw new Error("no Chromium: npm test says how to get one");
    if (!existsSync(DIST)) throw new Error("no dist/: npm run build comes first");
    browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
  });
  afterAll(() => browser?.close());

  it("computes the same bits as in Node, without a message or a request", async () => {
    const page = await browser.newPage();
    page.on("console", (message) => messages.push(message.text()));
    page.on("pageerror", (error) => messages.push(error.message));
    page.on("request", (request) => requests.push(request.url()));
    const files: Record<string, string> = {
      "/": `<!doctype html><script type="module">
        import * as ell2 from "/ell2.js";
        import { compute } from "/compute.js";
        window.computed = compute(ell2);
      </script>`,
      "/ell2.js": readFileSync(DIST, "utf8"),
      "/compute.js": readFileSync(COMPUTE, "utf8"),
    };
    await page.route("**/*", (route) => {
      const path = new URL(route.request().url()).pathname;
      const contentType = path === "/" ? "text/html" : "text/javascript";
      return path in files ? route.fulfill({ contentType, body: files[path]! }) : route.abort();
    });
    await page.goto("http://localhost/");
    const inPage = await page.evaluate("window.computed");
    const inNode = await compute(await import(pathToFileURL(DIST.pathname).href));
    expect(Object.keys(inNode)).toHaveLength(15);
    expect(inPage).toEqual(inNode);
    expect(messages).toEqual([]);
    expect(requests.map((url) => new URL(url).pathname).sort()).toEqual(Object.keys(files).sort());
  });
});
