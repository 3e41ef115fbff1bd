/** The lab in a Chromium, as a reader has it. */
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launch, openPage } from "./browse.js";
import { type Served, serveLab } from "./lab.js";

/** Serves the lab to the tests of a file, and says how to work with it. */
export function useLab() {
  let browser: Browser;
  let lab: Served;
  beforeAll(async () => {
    [browser, lab] = await Promise.all([launch(), serveLab()]);
  });
  afterAll(async () => {
    await browser?.close();
    lab?.stop();
  });
  return {
    url: () => lab.url,

    /** A page on which every part is there. */
    async open(at: string, options: Parameters<Browser["newPage"]>[0] = {}) {
      const watched = await openPage(browser, at, options);
      await watched.page.getByTestId("now").waitFor();
      await watched.page.locator("section[aria-busy]").first().waitFor({ state: "detached" });
      return watched;
    },

    /** Waits until a screen reader has been told this. */
    status: (page: Page, text: RegExp) =>
      page.getByRole("status").filter({ hasText: text }).waitFor({ state: "attached" }),

    /** Presses a button of the training. */
    press: (page: Page, name: string) =>
      page.getByRole("toolbar").getByRole("button", { name, exact: true }).click(),

    /** Presses a button that hands out a file, and takes the file. */
    async save(page: Page, name: string | RegExp, which = 0): Promise<Buffer> {
      const coming = page.waitForEvent("download");
      await page
        .getByRole("button", { name, exact: typeof name === "string" })
        .nth(which)
        .click();
      return readFileSync(await (await coming).path());
    },
  };
}
