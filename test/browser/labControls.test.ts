import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { FIELDS, type Name } from "../../lab/state.js";
import { useLab } from "./labPage.js";

const { open, press, save, status, url } = useLab();

/** What a control is set to, and what must change by that: the log of a run, or the pictures. */
const CHANGES: Record<Name, { to: string; changes: "log" | "pictures"; from?: string }> = {
  data: { to: "outlier", changes: "log" },
  seed: { to: "15", changes: "log" },
  train: { to: "90", changes: "log" },
  valid: { to: "500", changes: "log" },
  features: { to: "7", changes: "log" },
  targets: { to: "2", changes: "log" },
  informative: { to: "3", changes: "log" },
  noise: { to: "10", changes: "log" },
  drawnBias: { to: "", changes: "log" },
  bias: { to: "40", changes: "log", from: "g=0" },
  standardize: { to: "", changes: "log" },
  start: { to: "zeros", changes: "log" },
  lambda: { to: "3", changes: "log" },
  lr: { to: "0.02", changes: "log" },
  batch: { to: "20", changes: "log" },
  epochs: { to: "17", changes: "log" },
  momentum: { to: "0.5", changes: "log" },
  optimizer: { to: "adamw", changes: "log" },
  decayBias: { to: "", changes: "log" },
  target: { to: "1", changes: "pictures" },
  first: { to: "3", changes: "pictures" },
  second: { to: "4", changes: "pictures" },
  steps: { to: "10", changes: "pictures" },
};

async function set(page: Page, name: Name): Promise<void> {
  const field = FIELDS[name];
  const control = page.getByLabel(field.label, { exact: true }).first();
  if (field.type === "switch") await control.click();
  else if (field.type === "choice" || ["target", "first", "second"].includes(name))
    await page
      .getByRole("combobox", { name: field.label, exact: true })
      .first()
      .selectOption(CHANGES[name].to);
  else await control.fill(CHANGES[name].to);
}

const pictures = (page: Page) => page.locator(".figures").innerHTML();

async function train(page: Page): Promise<string> {
  await press(page, "Run");
  await status(page, /^Done: \d+ epochs\./);
  return String(await save(page, "Log (CSV)"));
}

describe("the lab's controls in Chromium", () => {
  it.each(Object.keys(FIELDS) as Name[])(
    "%s: stands in the link, and changes what it should",
    async (name) => {
      const { changes, from } = CHANGES[name];
      const { page, messages } = await open(`${url()}${from ? `#${from}` : ""}`);
      await page.locator(".figures figure").nth(6).waitFor();
      const before = changes === "log" ? await train(page) : await pictures(page);
      if (changes === "log") await press(page, "Reset");
      await set(page, name);
      await page.waitForFunction(
        (key) => new URLSearchParams(location.hash.slice(1)).has(key),
        FIELDS[name].key,
      );
      if (changes === "log") expect(await train(page)).not.toBe(before);
      else await expect.poll(() => pictures(page)).not.toBe(before);
      expect(messages).toEqual([]);
      await page.close();
    },
  );

  it("a slider moves its number, and λ's begins at 0", async () => {
    const { page } = await open(url());
    const training = page.locator("section[aria-labelledby=training]");
    const slider = training.getByLabel("λ, weight decay, slider");
    const box = training.getByLabel("λ, weight decay", { exact: true });
    await slider.fill("0");
    expect(await box.inputValue()).toBe("0");
    await slider.fill("1");
    expect(await box.inputValue()).toBe("0.0001");
    await slider.fill("400");
    expect(await box.inputValue()).toBe("1000");
    await page.close();
  });

  it("takes a change of λ while it runs, without stopping", async () => {
    const { page } = await open(`${url()}#t=1000000&r=0.0001`);
    await press(page, "Run");
    await press(page, "Pause"); // the button is there once it runs
    await press(page, "Run");
    const norm = () => page.getByTestId("now").locator("div", { hasText: "‖w‖" }).first().textContent();
    await page
      .locator("section[aria-labelledby=training]")
      .getByLabel("λ, weight decay", { exact: true })
      .fill("100");
    const early = await norm();
    await expect.poll(norm).not.toBe(early);
    await page.getByRole("toolbar").getByRole("button", { name: "Pause", exact: true }).click();
    await status(page, /^Epoch \d+/);
    await page.close();
  });

  it("keeps two runs beside the next", async () => {
    const { page } = await open(`${url()}#t=4`);
    for (const lambda of ["0.01", "1", "3"]) {
      await press(page, "Reset");
      await page
        .locator("section[aria-labelledby=training]")
        .getByLabel("λ, weight decay", { exact: true })
        .fill(lambda);
      await train(page);
      if (lambda !== "3") await press(page, "Keep this run");
    }
    const names = await page.locator(".live").first().locator(".u-legend .u-label").allInnerTexts();
    expect(names).toEqual([
      "epoch",
      "train",
      "validation",
      ...["0.01", "1"].flatMap((lambda) => [`train, λ ${lambda}, η 0.01`, `validation, λ ${lambda}, η 0.01`]),
    ]);
    await page.close();
  });

  it("says whether a rate is stable before anything runs", async () => {
    const { page } = await open(`${url()}`);
    await page.getByText(/Each epoch multiplies what is left by 0\.9834/).waitFor();
    await page
      .locator("section[aria-labelledby=training]")
      .getByLabel("η, learning rate", { exact: true })
      .fill("2.5");
    await page.getByText("this diverges").waitFor();
    await press(page, "To convergence");
    await status(page, /does not converge.*[\d.]+ does\./);
    await page.close();
  });

  it("replays the bits of a shared link", async () => {
    const { page } = await open(url());
    for (const name of ["seed", "lambda", "optimizer", "batch"] as const) await set(page, name);
    const log = await train(page);
    await page.waitForFunction(() => location.hash.includes("o=adamw"));
    const link = await page.evaluate(() => location.href);
    const other = await open(link);
    expect(await train(other.page)).toBe(log);
    await page.close();
    await other.page.close();
  });
});
