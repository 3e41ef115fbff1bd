import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { json } from "../cli/help.js";
import { seriousOn } from "./browse.js";
import { useLab } from "./labPage.js";

interface Run {
  log: { scratch: { mse: number; mseValid: number } }[];
}

const { open, press, save, status, url } = useLab();

describe("the lab in Chromium", () => {
  it("trains the notebook as ell2 run does, quietly and with nothing from outside", async () => {
    const { page, messages, outside } = await open(url());
    await press(page, "Run");
    await status(page, /Done: 16 epochs/);
    const { log } = json<Run>(["run"]);
    const lines = log.map(({ scratch }, epoch) => `${epoch},${scratch.mse},${scratch.mseValid}`);
    const csv = String(await save(page, "Log (CSV)"));
    expect(
      csv
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",").slice(0, 3).join(",")),
    ).toEqual(lines);
    const four = (x: number) => String(Number(x.toFixed(4)));
    expect(await page.getByTestId("log").textContent()).toBe(
      log
        .map(
          ({ scratch }, epoch) =>
            `epoch: ${epoch} - MSE: ${four(scratch.mse)} - MSE_v: ${four(scratch.mseValid)}`,
        )
        .join("\n"),
    );
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("16 of 16").first().waitFor();
    await page.locator(".figures figure").nth(6).waitFor();
    expect(await page.locator(".figures figure").count()).toBe(7);
    expect({ messages, outside }).toEqual({ messages: [], outside: [] });
    await page.close();
  });

  it("can be worked by keyboard alone, and says what it did", async () => {
    const { page } = await open(url());
    const focus = (name: string) =>
      page.locator("section[aria-labelledby=training]").getByRole("button", { name, exact: true }).focus();
    await focus("Step a batch");
    await page.keyboard.press("Enter");
    await status(page, /Epoch 0, batch 1\./);
    await page.keyboard.press("Tab"); // step an epoch
    await page.keyboard.press("Space");
    await status(page, /Epoch 1\./);
    const training = page.locator("section[aria-labelledby=training]");
    await training.getByLabel("λ, weight decay, slider").focus();
    await page.keyboard.press("End");
    await expectValue(training.getByLabel("λ, weight decay", { exact: true }), "1000");
    await page.keyboard.press("Home");
    await expectValue(training.getByLabel("λ, weight decay", { exact: true }), "0");
    const box = training.getByLabel("η, learning rate", { exact: true });
    await box.focus();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("-1");
    expect(await box.getAttribute("aria-invalid")).toBe("true");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("0.5");
    await page.waitForFunction(() => location.hash === "#l=0&r=0.5");
    await focus("To convergence");
    await page.keyboard.press("Enter");
    await status(page, /At rest/);
    await focus("Reset");
    await page.keyboard.press("Enter");
    await status(page, /Epoch 0\./);
    await page.close();
  });

  it("replays a link, says what is wrong in it, and stops what diverges with a rate that would do", async () => {
    const { page } = await open(`${url()}#l=3&r=8&t=1000&nonsense=1`);
    expect(await page.getByRole("alert").textContent()).toBe('From the link: "nonsense" is no setting.');
    await press(page, "Run");
    await status(page, /Diverged.*A rate of [\d.]+ is safe/);
    await page.close();
  });

  it("reads a table of the reader's own, and names row and column of what is wrong", async () => {
    const { page, outside } = await open(url());
    const give = (text: string) =>
      page
        .locator("input[type=file]")
        .setInputFiles({ name: "own.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await give("x,y\n1,2\n2,oops\n3,4\n4,5\n");
    await page.getByText('own.csv, row 3, column "y": "oops" is no number').waitFor();
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${(i * i) % 7},${2 * i + 1}`);
    await give(`x,z,y\n${rows.join("\n")}\n`);
    await page.getByText("32 rows train, 8 validate").waitFor();
    await press(page, "To convergence");
    await status(page, /At rest/);
    expect(outside).toEqual([]);
    await page.close();
  });

  it.each([
    [360, "light"],
    [360, "dark"],
    [1280, "light"],
    [1280, "dark"],
  ] as const)(
    "at %i pixels, %s: within the page, and nothing serious for axe",
    async (width, colorScheme) => {
      const { page, messages } = await open(url(), { viewport: { width, height: 800 }, colorScheme });
      await press(page, "Step an epoch");
      await page.locator(".figures figure").nth(6).waitFor();
      await page.getByRole("button", { name: "Compare" }).click();
      await page.getByText("16 of 16").first().waitFor();
      await page.evaluate("document.querySelectorAll('details').forEach((details) => (details.open = true))");
      expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      expect(await seriousOn(page)).toEqual([]);
      expect(messages).toEqual([]);
      await page.close();
    },
  );
});

const expectValue = (box: ReturnType<Page["locator"]>, value: string) =>
  expect.poll(() => box.inputValue()).toBe(value);
