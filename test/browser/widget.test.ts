import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { build } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../cli/help.js";
import { launch, openPage, seriousOn } from "./browse.js";

const FILES: Record<string, [type: string, path: string]> = {
  "/widget.mjs": ["text/javascript", `${root}/dist/widget.mjs`],
  "/hosts.mjs": ["text/javascript", new URL("hosts.mjs", import.meta.url).pathname],
};
const PAGE = `<!doctype html><html lang="en"><title>widget</title><link rel="icon" href="data:,">
<main><h1>Widgets</h1><div id="a"></div><div id="b"></div></main>`;
const HOSTS = ["myst", "jupyter", "marimo", "plain"] as const;

let browser: Browser;
let server: Server;
let url: string;
beforeAll(async () => {
  browser = await launch();
  server = createServer(({ url: path = "/" }, response) => {
    const file = FILES[path.split("?")[0]!];
    response.writeHead(200, { "Content-Type": `${file?.[0] ?? "text/html"}; charset=utf-8` });
    // what a strict page allows: no eval, no connection (the fake of Jupyter fetches the text itself)
    const policy = path.startsWith("/strict")
      ? `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval' 'unsafe-inline'; worker-src blob:; img-src data:">`
      : "";
    response.end(file ? readFileSync(file[1]) : PAGE.replace("<title>", `${policy}<title>`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

/**
 * A page whose resources are counted, with the hosts in it. The module has been used once: its chart library
 * listens to the window from then on, once for all charts.
 */
async function open({ path = "", host = "plain" } = {}) {
  const opened = await openPage(browser, `${url}${path}`, { colorScheme: "light" });
  await opened.page.evaluate(`import("/hosts.mjs").then((hosts) => {
    globalThis.hosts = hosts; globalThis.shown = {}; hosts.watch();
  })`);
  await show(opened.page, host, "#a", { parts: ["training"] });
  await epoch(opened.page, "#a").waitFor();
  await unmount(opened.page, "#a");
  await expect.poll(() => opened.page.evaluate("held().timers + held().frames")).toBe(0);
  return opened;
}

const show = (page: Page, host: string, place: string, options: object) =>
  page.evaluate(
    `hosts.${host}(document.querySelector("${place}"), "/widget.mjs", ${JSON.stringify(options)}).then((one) => { shown["${place}"] = one; })`,
  );
const unmount = (page: Page, place: string) => page.evaluate(`shown["${place}"].unmount()`);
const held = (page: Page) => page.evaluate("held()");
const press = (page: Page, place: string, name: string) =>
  // not a click of the mouse, for which Playwright listens to the window itself
  page.locator(place).getByRole("toolbar").getByRole("button", { name, exact: true }).dispatchEvent("click");
const epoch = (page: Page, place: string) => page.locator(`${place} [data-testid=now] dd`).first();

describe("ell2/widget, the module", () => {
  it("is one file without an import", async () => {
    const { metafile } = await build({
      entryPoints: [`${root}/dist/widget.mjs`],
      bundle: true,
      format: "esm",
      write: false,
      metafile: true,
      logLevel: "silent",
    });
    expect(Object.values(metafile.inputs).map(({ imports }) => imports)).toEqual([[]]);
  });

  it("works where a page forbids eval and every connection", async () => {
    const { page, messages, outside } = await open({ path: "strict" });
    await show(page, "plain", "#a", { parts: ["data", "training", "decay"] });
    await press(page, "#a", "Step an epoch");
    await page.locator("#a").getByText("epoch: 0 - MSE:").waitFor();
    await page.locator("#a .figures figure").nth(6).waitFor();
    expect({ messages, outside }).toEqual({ messages: [], outside: [] });
    await page.close();
  });
});

describe.each(HOSTS)("ell2/widget in %s", (host) => {
  const OPTIONS = {
    parts: ["training", "decay"],
    preset: "twins",
    hide: ["lr", "momentum", "target"],
    set: { epochs: 7, lambda: 0.25, standardize: true },
  };

  it("shows what its options say, works, and leaves nothing behind", async () => {
    const { page, messages, outside } = await open({ host });
    const before = await held(page);
    await show(page, host, "#a", OPTIONS);
    await epoch(page, "#a").waitFor();
    const widget = page.locator("#a");
    expect(await widget.getByLabel("λ, weight decay", { exact: true }).first().inputValue()).toBe("0.25");
    expect(await widget.getByLabel("Rows a batch", { exact: true }).inputValue()).toBe("40");
    expect(await widget.getByLabel("η, learning rate", { exact: true }).count()).toBe(0);
    expect(await widget.getByLabel("Target", { exact: true }).count()).toBe(0);
    await press(page, "#a", "Run");
    await expect.poll(() => epoch(page, "#a").textContent()).toBe("7");
    await widget.locator(".figures figure").nth(5).waitFor();
    const panel = (element: Element) => getComputedStyle(element).backgroundColor;
    expect(await widget.locator("fieldset").first().evaluate(panel)).toBe("rgb(246, 248, 250)");
    if (host === "marimo") expect(await page.evaluate('shown["#a"].hostSheets()')).toEqual([true, false]);
    expect(await held(page)).not.toEqual(before);
    await unmount(page, "#a");
    await expect.poll(() => held(page)).toEqual(before);
    if (host === "marimo") expect(await page.evaluate('shown["#a"].hostSheets()')).toEqual([true]);
    expect({ messages, outside }).toEqual({ messages: [], outside: [] });
    await page.close();
  });

  it("leaves nothing behind when it is taken out before the engine is ready, and while it runs", async () => {
    const { page, messages } = await open({ host });
    const before = await held(page);
    await page.evaluate(
      `hosts.${host}(document.querySelector("#a"), "/widget.mjs", {}).then((one) => one.unmount())`,
    );
    await expect.poll(() => held(page)).toEqual(before);
    await show(page, host, "#b", { set: { epochs: 1_000_000, batch: 100 } });
    await epoch(page, "#b").waitFor();
    await press(page, "#b", "Run");
    await page.locator("#b").getByRole("button", { name: "Pause" }).first().waitFor();
    await unmount(page, "#b");
    await expect.poll(() => held(page)).toEqual(before);
    expect(messages).toEqual([]);
    await page.close();
  });

  it("says which option is wrong", async () => {
    const { page } = await open({ host });
    const wrong = { hide: ["speed"] };
    const message = /expected hide from data, seed, .*, got "speed"/;
    if (host === "plain") await expect(show(page, host, "#a", wrong)).rejects.toThrow(message);
    else {
      await show(page, host, "#a", wrong);
      await page.locator("#a").getByText(message).waitFor();
    }
    await page.close();
  });
});

describe.each(["myst", "jupyter", "marimo"])("ell2/widget in %s", (host) => {
  it("follows its model, and no longer once it is taken out", async () => {
    const { page, messages } = await open({ host });
    const change = (name: string, value: unknown) =>
      page.evaluate(
        host === "jupyter"
          ? `shown["#a"].set({ ${name}: ${JSON.stringify(value)} })`
          : `shown["#a"].set("${name}", ${JSON.stringify(value)})`,
      );
    await show(page, host, "#a", { parts: ["training"] });
    await epoch(page, "#a").waitFor();
    const lambda = page.locator("#a").getByLabel("λ, weight decay", { exact: true }).first();
    expect(await lambda.inputValue()).toBe("0.01");
    await change("preset", "decides");
    await expect.poll(() => lambda.inputValue()).toBe("3");
    await press(page, "#a", "Step an epoch");
    await expect.poll(() => epoch(page, "#a").textContent()).toBe("1");
    await change("hide", ["lambda"]);
    await expect.poll(() => lambda.count()).toBe(0);
    await change("parts", ["training", "model"]);
    await page.locator("#a").getByRole("heading", { name: "Model and loss" }).waitFor();
    expect(await epoch(page, "#a").textContent()).toBe("1"); // what runs goes on
    await change("set", { lr: -1 });
    await page
      .locator("#a")
      .getByRole("alert")
      .getByText("set.lr as a number from 0 to 10, got -1")
      .waitFor();
    await unmount(page, "#a");
    if (host === "jupyter") expect(await page.evaluate('shown["#a"].callbacks()')).toBe(0);
    await change("preset", "twins");
    expect(messages).toEqual([]);
    await page.close();
  });
});

describe("mount(element, options)", () => {
  it("shows no box for settings that are all hidden", async () => {
    const { page } = await open();
    const hide = ["lambda", "lr", "batch", "epochs", "momentum", "optimizer", "start", "decayBias"];
    await show(page, "plain", "#a", { parts: ["training"], hide });
    await epoch(page, "#a").waitFor();
    expect(await page.locator("#a fieldset").filter({ visible: true }).count()).toBe(0);
    expect(await page.locator("#a input, #a select").count()).toBe(1); // logarithmic or not
    await page.close();
  });

  it.each([
    [{ parts: ["nothing"] }, "expected parts from data, model, training"],
    [{ parts: "training" }, 'expected parts as a list, got "training"'],
    [{ preset: "toString" }, 'expected preset from notebook, decides, twins, outlier, wide, got "toString"'],
    [{ set: { rate: 1 } }, "expected set from data, seed, train"],
    [{ set: { train: 2.5 } }, "expected set.train as a whole number from 2 to 100000, got 2.5"],
    [{ set: { lr: "0.1" } }, 'expected set.lr as a number from 0 to 10, got "0.1"'],
    [{ set: { decayBias: 1 } }, "expected set.decayBias as true or false, got 1"],
    [{ set: { data: "csv" } }, "rows of one's own are chosen by the reader"],
    [{ set: [1] }, "expected set as names with values, got [1]"],
    [{ preSet: "twins" }, 'expected options from parts, preset, hide, set, got "preSet"'],
  ])("refuses %j in words", async (options, message) => {
    const { page } = await open();
    await expect(show(page, "plain", "#a", options)).rejects.toThrow(message);
    expect(await page.locator("#a *").count()).toBe(0);
    await page.close();
  });

  it.each(["light", "shadow"])("stands twice in one place (%s), each by itself", async (dom) => {
    const { page, messages } = await open();
    // as Jupyter has it: the module is loaded once for each
    await page.evaluate(`(async () => {
      const top = document.querySelector("#b");
      const place = "${dom}" === "light" ? top : top.attachShadow({ mode: "open" });
      const [one, two] = [0, 1].map(() => place.appendChild(document.createElement("section")));
      one.id = "one"; two.id = "two"; one.setAttribute("aria-label", "one"); two.setAttribute("aria-label", "two");
      const [first, second] = await Promise.all([import("/widget.mjs?1"), import("/widget.mjs?2")]);
      globalThis.beforeBoth = JSON.stringify({ ...held(), listeners: 0 }); // each module has its chart library
      shown.one = first.mount(one, { parts: ["data", "model", "training", "comparison", "rule", "take"] });
      shown.two = second.mount(two, { parts: ["data", "model", "training", "comparison", "rule", "take"], preset: "twins" });
      globalThis.inside = place;
    })()`);
    await epoch(page, "#one").waitFor();
    await epoch(page, "#two").waitFor();
    expect(await page.evaluate("held().workers")).toBe(2);
    await press(page, "#two", "Step an epoch");
    await expect.poll(() => epoch(page, "#two").textContent()).toBe("1");
    expect(await epoch(page, "#one").textContent()).toBe("0");
    // a label reaches the box of its own widget
    await page.locator("#two").getByText("Training rows m").click();
    const focused = "(inside.activeElement ?? document.activeElement).closest('#one, #two').id";
    expect(await page.evaluate(focused)).toBe("two");
    const twice = `(() => { const ids = [...inside.querySelectorAll("[id]")].map(({ id }) => id);
      return ids.filter((id, at) => ids.indexOf(id) !== at && id !== "ell2-box"); })()`;
    expect(await page.evaluate(twice)).toEqual([]);
    expect(await seriousOn(page)).toEqual([]);
    await page.evaluate("shown.one()");
    await press(page, "#two", "Step an epoch");
    await expect.poll(() => epoch(page, "#two").textContent()).toBe("2");
    await page.evaluate("shown.two()");
    await expect
      .poll(() => page.evaluate("JSON.stringify({ ...held(), listeners: 0 }) === beforeBoth"))
      .toBe(true);
    expect(messages).toEqual([]);
    await page.close();
  });

  it("computes in the page where no worker can be started, and stops there too when it is taken out", async () => {
    const { page, messages } = await open();
    await page.evaluate("globalThis.Worker = class { constructor() { throw new Error('forbidden'); } }");
    const before = await held(page);
    await show(page, "plain", "#a", { parts: ["training"], set: { epochs: 1_000_000, batch: 100 } });
    await epoch(page, "#a").waitFor();
    await press(page, "#a", "Run");
    await page.locator("#a").getByRole("button", { name: "Pause" }).first().waitFor();
    await unmount(page, "#a");
    await expect.poll(() => held(page)).toEqual(before);
    expect(messages).toEqual([]);
    await page.close();
  });
});
