/** A Chromium, and pages of it that are watched. */
import { type Browser, chromium } from "playwright-core";
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
