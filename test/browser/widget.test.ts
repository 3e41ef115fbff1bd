import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../cli/help.js";
import { launch, openPage } from "./browse.js";

describe("ell2/widget in Chromium", () => {
  let browser: Browser;
  let server: Server;
  let url: string;
  beforeAll(async () => {
    browser = await launch();
    const widget = readFileSync(`${root}/dist/widget.mjs`, "utf8");
    server = createServer((request, response) => {
      const script = request.url === "/widget.mjs";
      response.writeHead(200, {
        "Content-Type": script ? "text/javascript; charset=utf-8" : "text/html; charset=utf-8",
      });
      response.end(
        script
          ? widget
          : '<!doctype html><title>w</title><link rel="icon" href="data:,"><div id="a"></div><div id="b"></div>',
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  const COUNT = `(() => { const started = []; const Real = Worker;
    globalThis.Worker = class extends Real { constructor(...a) { super(...a); started.push(this); } terminate() { super.terminate(); started.splice(started.indexOf(this), 1); } };
    globalThis.workers = () => started.length; })()`;

  it("mounts in a page and in a shadow root, twice, and leaves nothing behind", async () => {
    const { page, messages } = await openPage(browser, url);
    await page.evaluate(COUNT);
    await page.evaluate(`import("/widget.mjs").then(({ default: widget, mount }) => {
      globalThis.unmountA = mount(document.getElementById("a"), { parts: ["training"], preset: "twins" });
      const el = document.createElement("div");
      document.getElementById("b").attachShadow({ mode: "open" }).append(el);
      // MyST's model: everything but get throws
      const no = () => { throw new Error("not here"); };
      const model = { get: (name) => (name === "preset" ? "notebook" : undefined), set: no, on: no, off: no, send: no, save_changes: no };
      widget.initialize({ model });
      globalThis.unmountB = widget.render({ model, el });
    })`);
    await page.locator("#a").getByTestId("now").waitFor();
    await page.locator("#b").getByTestId("now").waitFor();
    expect(await page.evaluate("workers()")).toBe(2);
    for (const box of ["#a", "#b"]) {
      await page.locator(box).getByRole("toolbar").getByRole("button", { name: "Step an epoch" }).click();
      await page.locator(box).getByText("epoch: 0 - MSE:").waitFor();
      const panel = await page
        .locator(box)
        .locator("fieldset")
        .first()
        .evaluate((element) => getComputedStyle(element).backgroundColor);
      expect(panel).toBe("rgb(246, 248, 250)");
    }
    expect(await page.locator("#b").locator("#decay").count()).toBe(1);
    expect(await page.locator("#a").locator("#decay").count()).toBe(0);
    await page.evaluate("unmountA(), unmountB()");
    expect(
      await page.evaluate(
        "[workers(), document.querySelectorAll('.ell2-lab').length, document.adoptedStyleSheets.length]",
      ),
    ).toEqual([0, 0, 0]);
    expect(messages).toEqual([]);
    await page.close();
  });

  it("computes in the page where no worker can be started, and refuses a part that does not exist", async () => {
    const page = await browser.newPage();
    await page.goto(url);
    await page.evaluate("globalThis.Worker = class { constructor() { throw new Error('forbidden'); } }");
    await page.evaluate('import("/widget.mjs").then(({ mount }) => mount(document.getElementById("a")))');
    await page.locator("#a").getByTestId("now").waitFor();
    const refused =
      'import("/widget.mjs").then(({ mount }) => mount(document.getElementById("b"), { parts: ["rules"] })).catch(({ message }) => message)';
    expect(await page.evaluate(refused)).toContain("no part rules");
    await page.close();
  });
});
