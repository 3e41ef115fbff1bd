import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Locator } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../cli/help.js";
import { launch, openPage, seriousOn } from "./browse.js";
import { type Served, serveLab } from "./lab.js";

let browser: Browser;
let lab: Served;
beforeAll(async () => {
  [browser, lab] = await Promise.all([launch(), serveLab()]);
});
afterAll(async () => {
  await browser?.close();
  lab?.stop();
});

/** The lab's page at the rule, its text area shown. */
async function open(options: Parameters<Browser["newPage"]>[0] = {}) {
  const watched = await openPage(browser, lab.url, options);
  const section = watched.page.locator("section[aria-labelledby$=rule]");
  await section.getByRole("button", { name: "Check" }).waitFor();
  return { ...watched, section };
}

const choose = (section: Locator, name: string) => section.getByRole("button", { name, exact: true }).click();

/** Checks what stands there; returns what is said. */
async function verdict(section: Locator): Promise<string> {
  await choose(section, "Check");
  return (await section.getByTestId("verdict").textContent())!;
}

async function verdictOf(section: Locator, text: string): Promise<string> {
  await section.locator("textarea").fill(text);
  return verdict(section);
}

const rule = (inner: string, before = "") =>
  `${before}\nfunction update(x, yTrue, yPred, lr) {\n  ${inner}\n}\n`;

describe("a rule of one's own in Chromium", () => {
  it("agrees where it is right, and is told where and why it is not", async () => {
    const { page, section, messages, outside } = await open();
    expect(await verdict(section)).toMatch(/It agrees with the reference: 11 steps, each within .*e-1\d /);
    for (const [name, said] of [
      ["No decay", /this\.w parts from the reference at step 1 of 11\.Line 6: this\.w = .*λ forgotten/],
      ["Without the 2", /Line 6.*factor 2 missing/],
      ["Rows alone", /1\/k missing/],
      ["Bias decays too", /this\.b parts .*Line 5: this\.b = .*bias decayed/],
      ["Wrong way round", /sign of the residual/],
      ["Decay at any rate", /λ not times lr/],
      ["Two slips", /two slips:factor 2 missing.*λ forgotten/],
      ["Wrong shape", /this\.w.*\[3×3\].*has to stay \[4×3\]|throws.*Line 6/],
      ["It throws", /The rule throws ReferenceError: error is not defined\.Line 5: this\.b/],
      ["An arrow", /an arrow function has no this.*Line 4/],
      ["Without end", /did not end within 2 s, and was stopped/],
    ] as const) {
      await choose(section, name);
      expect({ name, said: await verdict(section) }).toEqual({ name, said: expect.stringMatching(said) });
    }
    await choose(section, "The notebook's");
    expect(await section.getByTestId("verdict").count()).toBe(0);
    expect(await verdict(section)).toContain("agrees");
    expect(await page.locator("iframe").count()).toBe(0);
    expect({ messages, outside }).toEqual({ messages: [], outside: [] });
    await page.close();
  });

  it("names the line of what does not run", async () => {
    const { page, section } = await open();
    for (const [text, said] of [
      [rule("", "const a = ;"), /This does not run: SyntaxError: Unexpected token ';'\.Line 1: const a = ;/],
      [rule("", "\nnull.x;"), /TypeError: .*null.*Line 2: null\.x;/],
      [`/*\n${rule("")}`, /SyntaxError/],
      ["", /there is no rule in it/],
      ["const update = 3;", /there is no rule in it/],
      [rule("throw new Error('x'.repeat(1e6));"), /x{400}.* …Line 3/],
      [rule("throw { toString: null };"), /The rule throws/],
      [rule("throw () => {};"), /The rule throws/],
      [rule("this.w = 3;"), /assigns 3 to this\.w.*Line 3/],
      [rule("this.b.data.fill(NaN);"), /NaN.*Line 3/],
      [rule("this.w = this.w.matmul(this.w);"), /SHAPE.*Line 3/],
      [rule("", "for (;;);"), /did not end within 2 s/],
      [`async ${rule("").trim()}`, /returns a promise/],
      [readFileSync(`${root}/examples/update.js`, "utf8"), /It agrees/],
      [readFileSync(`${root}/examples/slips/two.js`, "utf8"), /factor 2 missing.*λ forgotten/],
    ] as const) {
      expect({ text, said: await verdictOf(section, text) }).toEqual({
        text,
        said: expect.stringMatching(said),
      });
    }
    await page.close();
  });

  it("goes on computing and drawing while a rule does not end", async () => {
    const { page, section, messages } = await open();
    await section.locator("textarea").fill(rule("for (;;) postMessage?.(1);", "const flood = 1;"));
    await choose(section, "Without end");
    await choose(section, "Check");
    const frames = await page.evaluate(
      `new Promise((done) => { let n = 0; const until = performance.now() + 1000;
        const next = () => (performance.now() < until ? (n++, requestAnimationFrame(next)) : done(n)); next(); })`,
    );
    expect(frames).toBeGreaterThan(5);
    await section.getByText("was stopped").waitFor();
    expect(page.workers().length).toBe(1);
    expect(messages).toEqual([]);
    await page.close();
  });

  it("has no way to answer for itself, or to write to the page", async () => {
    const { page, section } = await open();
    await page.evaluate("globalThis.heard = []; addEventListener('message', ({ data }) => heard.push(data))");
    const forged = `const verdict = { kind: "check", line: null, check: { ok: true, steps: 11, error: 0, bound: 1, slips: [], parting: null, problem: null } };
const ways = [
  () => postMessage(verdict), () => self.postMessage(verdict), () => parent.postMessage(verdict, "*"), () => top.postMessage(verdict, "*"),
  () => DedicatedWorkerGlobalScope.prototype.postMessage.call(self, verdict),
  () => Object.getPrototypeOf(self).postMessage.call(self, verdict), () => Object.getPrototypeOf(Object.getPrototypeOf(self)).postMessage.call(self, verdict),
  () => dispatchEvent(new MessageEvent("message", { data: verdict })), () => ell2.judge(() => update, 0),
];
let sent = 0;
for (const way of ways) try { way(); sent++; } catch {}`;
    expect(await verdictOf(section, rule("this.b = this.b.plus(sent);", forged))).not.toContain("agrees");
    expect(await page.evaluate("heard")).toEqual([]);
    await page.close();
  });

  it.each(["light", "dark"] as const)("opens an editor that marks the line, %s", async (colorScheme) => {
    const { page, section, messages } = await open({ colorScheme });
    await choose(section, "Bias decays too");
    await choose(section, "Open the editor");
    const editor = section.getByRole("textbox", { name: "Your rule, in JavaScript" });
    await section.locator(".cm-editor").waitFor();
    expect(await editor.textContent()).toContain("plus(this.b.times(this.lambda))");
    await choose(section, "Check");
    await section.locator(".cm-lint-marker-error").waitFor();
    expect(await section.locator(".cm-lintRange-error").first().textContent()).toContain("this.b = ");
    await page
      .getByRole("status")
      .filter({ hasText: /this\.b parts from .* Line 5\. bias decayed\. To mend it/ })
      .waitFor({ state: "attached" });
    expect(await seriousOn(page, "section[aria-labelledby$=rule]")).toEqual([]);
    // Tab leads out of it, and what is typed is what is checked
    await editor.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("const update = 3;");
    expect(await section.getByTestId("verdict").count()).toBe(0);
    expect(await section.locator(".cm-lint-marker-error").count()).toBe(0);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await section.getByText("there is no rule in it").waitFor();
    await choose(section, "The notebook's");
    await expect.poll(() => editor.textContent()).toContain("const delta");
    expect(messages).toEqual([]);
    await page.close();
  });
});

/** What a rule would try, and what it finds that it should not; the control runs the same in a worker of a page. */
const attacks = (url: string) => `
const found = [];
const attempt = (name, way) => { try { const got = way(); found.push(name); got?.then?.(() => {}, () => {}); } catch {} };
const ignore = { then() {} };
attempt("parent", () => parent.document); attempt("document", () => document.cookie); attempt("localStorage", () => localStorage.length);
attempt("IndexedDB", () => indexedDB.open("ell2").readyState); attempt("importScripts", () => importScripts("${url}script"));
attempt("XMLHttpRequest", () => { const x = new XMLHttpRequest(); x.open("GET", "${url}xhr", false); x.send(); });
attempt("SharedWorker", () => new SharedWorker("${url}shared")); attempt("beacon", () => navigator.sendBeacon("${url}beacon", "x"));
attempt("eval", () => eval("1")); attempt("RTC", () => new RTCPeerConnection());
const quiet = (way) => { try { way()?.catch?.(() => {}); } catch {} };
quiet(() => import("${url}module.js")); quiet(() => fetch("${url}fetch")); quiet(() => fetch("${url}nocors", { mode: "no-cors", keepalive: true }));
quiet(() => void new WebSocket("${url.replace("http", "ws")}socket")); quiet(() => void new EventSource("${url}events"));
quiet(() => void new WebTransport("${url.replace("http", "https")}transport")); quiet(() => void new Worker("${url}worker"));
quiet(() => void new Worker(URL.createObjectURL(new Blob(['fetch("${url}nested"); importScripts("${url}nestedScript")']))));
quiet(() => caches.open("ell2").then((cache) => cache.add("${url}cache")));
quiet(() => navigator.storage.getDirectory());
quiet(() => { const c = new BroadcastChannel("ell2-test"); c.postMessage("from the rule"); });
`;

describe("a rule that tries to get out", () => {
  let server: Server;
  let url: string;
  const asked: string[] = [];
  let policy: string | null = null;
  beforeAll(async () => {
    const widget = readFileSync(`${root}/dist/widget.mjs`, "utf8");
    server = createServer((request, response) => {
      const path = request.url!;
      const ours = path === "/page" || path === "/widget.mjs";
      if (!ours) asked.push(path);
      response.writeHead(ours || path.startsWith("/nestedScript") ? 200 : 404, {
        "Content-Type": path === "/page" ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8",
        "Access-Control-Allow-Origin": "*",
        ...(policy === null ? {} : { "Content-Security-Policy": policy }),
      });
      response.end(
        path === "/page"
          ? '<!doctype html><title>w</title><link rel="icon" href="data:,"><div id="a"></div>'
          : path === "/widget.mjs"
            ? widget
            : "",
      );
    });
    server.on("upgrade", (request, socket) => {
      asked.push(request.url!);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });
  afterAll(() => server?.close());

  const LISTEN = `globalThis.heard = []; globalThis.channel = new BroadcastChannel("ell2-test"); channel.onmessage = ({ data }) => heard.push(data);`;

  /** Mounts the widget with this rule's part alone, on a page with this policy. */
  async function widget(own: string | null) {
    policy = own;
    const watched = await openPage(browser, `${url}page`);
    await watched.page.evaluate(
      'import("/widget.mjs").then(({ mount }) => { globalThis.unmount = mount(document.getElementById("a"), { parts: ["rule"] }); })',
    );
    const section = watched.page.locator("section[aria-labelledby$=rule]");
    await section.getByRole("button", { name: "Check" }).waitFor();
    return { ...watched, section };
  }

  it("gets something in a worker of a page: what is tried does work", async () => {
    policy = null;
    asked.length = 0;
    const page = await browser.newPage();
    await page.goto(`${url}page`);
    await page.evaluate(LISTEN);
    const found = await page.evaluate(
      (text) =>
        new Promise<string[]>((done) => {
          const worker = new Worker(
            URL.createObjectURL(new Blob([`${text}\nsetTimeout(() => postMessage(found), 1500);`])),
          );
          worker.onmessage = ({ data }) => done(data);
        }),
      attacks(url),
    );
    expect(found).toEqual(expect.arrayContaining(["IndexedDB", "XMLHttpRequest", "eval"]));
    for (const path of [
      "/xhr",
      "/script",
      "/module.js",
      "/fetch",
      "/nocors",
      "/socket",
      "/events",
      "/nested",
      "/worker",
    ]) {
      expect(asked).toContain(path);
    }
    expect(await page.evaluate("heard")).toEqual(["from the rule"]);
    await page.close();
  });

  it.each(["the page", "the widget where nothing is forbidden"])("gets nothing in %s", async (where) => {
    const { page, section } = where === "the page" ? await open() : await widget(null);
    asked.length = 0;
    const answered: string[] = [];
    page.on("response", (response) => {
      if (response.url().startsWith(url) || response.url().includes("/attack/"))
        answered.push(response.url());
    });
    await page.evaluate(LISTEN);
    const said = await verdictOf(
      section,
      rule('throw new Error("found " + found.length + ": " + found);', attacks(url)),
    );
    expect(said).toMatch(/found 0: /);
    // with all the time that a rule is given; elsewhere, and where the page came from
    for (const to of [url, `${new URL(page.url()).origin}/attack/`]) {
      expect(await verdictOf(section, rule("for (;;) {}", attacks(to)))).toContain("was stopped");
    }
    expect({ asked, answered, heard: await page.evaluate("heard") }).toEqual({
      asked: [],
      answered: [],
      heard: [],
    });
    await page.close();
  });

  it("is not run where the host lets no script into the closed room, or no worker", async () => {
    for (const own of [
      "default-src 'none'; script-src 'self'; worker-src blob:; img-src data:",
      "default-src 'none'; script-src 'self' 'unsafe-inline' blob:; worker-src 'none'; img-src data:",
    ]) {
      const { page, section } = await widget(own);
      expect(await verdict(section)).toContain("The rule was not run: this page does not allow");
      expect(await page.locator("iframe").count()).toBe(0);
      await page.close();
    }
  });

  it("is written in a text area in the widget, which leaves nothing behind", async () => {
    const { page, section, messages } = await widget(null);
    expect(await section.getByRole("button", { name: "Open the editor" }).count()).toBe(0);
    expect(readFileSync(`${root}/dist/widget.mjs`, "utf8")).not.toContain("cm-content");
    await choose(section, "Two slips");
    expect(await verdict(section)).toMatch(/factor 2 missing.*λ forgotten/);
    await choose(section, "Without end");
    await choose(section, "Check");
    await page.locator("iframe").waitFor({ state: "attached" });
    await page.evaluate("unmount()");
    expect(await page.locator("iframe").count()).toBe(0);
    await expect.poll(() => page.workers().length).toBe(0);
    expect(messages).toEqual([]);
    await page.close();
  });
});
