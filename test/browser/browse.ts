/** A Chromium, and pages of it that are watched. */
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { findBrowser } from "../../scripts/browser.mjs";

export async function launch(): Promise<Browser> {
  const executablePath = findBrowser();
  if (executablePath === null) throw new Error("no Chromium: npm test says how to get one");
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
}

/** A page, with what it says on its console and what it asks for outside its origin. */
export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser["newPage"]>[0] = {},
) {
  const page = await browser.newPage(options);
  const messages: string[] = [];
  const outside: string[] = [];
  page.on("console", (message) => messages.push(message.text()));
  page.on("pageerror", (error) => messages.push(error.message));
  page.on("request", (request) => {
    if (!new RegExp(`^(blob:|data:|${new URL(url).origin}/)`).test(request.url()))
      outside.push(request.url());
  });
  await page.goto(url);
  return { page, messages, outside };
}

/** What axe finds serious on a page as it stands, or in a part of it. */
export async function seriousOn(page: Page, part?: string): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run(${part === undefined ? "" : JSON.stringify(part)}).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 120)).join(" | ")))`);
}
