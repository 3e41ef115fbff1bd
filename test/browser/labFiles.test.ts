import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { problemOf } from "../../lab/problem.js";
import { defaults } from "../../lab/state.js";
import { fitRidge, load, mape, predictFitted } from "../../src/index.js";
import { useLab } from "./labPage.js";

const { open, press, save, status, url } = useLab();

/** Twins at rest on standardised features: the models must hold the data's own units. */
const SETTINGS = "d=twins&m=40&v=100&k=1&z=1&l=0.1&r=0.1&b=40";
const STATE = {
  ...defaults(),
  data: "twins",
  train: 40,
  valid: 100,
  targets: 1,
  standardize: false,
} as const;

describe("what the lab hands out, in Chromium", () => {
  it("models as JSON, safetensors and ONNX, in the data's own units", async () => {
    const { page, messages } = await open(`${url()}#${SETTINGS}`);
    await press(page, "To convergence");
    await status(page, /At rest/);
    const { train } = problemOf(STATE, null);
    const expected = predictFitted(fitRidge(train, { lambda: 0.1 }).model, train.X);
    const json = load(await save(page, "Model (JSON)"));
    const safetensors = load(await save(page, "Model (safetensors)"));
    expect(safetensors).toEqual(json);
    expect(json.standardized).not.toBeNull();
    expect(mape(predictFitted(json, train.X), expected)).toBeLessThan(1e-8);
    const session = await InferenceSession.create(await save(page, "Model (ONNX)"));
    const { Y } = await session.run({ X: new Tensor("float64", train.X.data, [40, 2]) });
    expect(mape(Y!.data as Float64Array, expected.data)).toBeLessThan(1e-8);
    expect(messages).toEqual([]);
    await page.close();
  });

  it("each chart as an SVG file of its own", async () => {
    const { page, messages } = await open(url());
    await press(page, "Step an epoch");
    await page.locator(".figures figure").nth(6).waitFor();
    const count = await page.getByRole("button", { name: /^Save as SVG/ }).count();
    expect(count).toBe(9);
    for (let which = 0; which < count; which++) {
      const svg = String(await save(page, /^Save as SVG/, which));
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
      expect(svg).not.toContain("var(");
      const problem = await page.evaluate((text) => {
        const read = new DOMParser().parseFromString(text, "image/svg+xml");
        return read.querySelector("parsererror")?.textContent ?? read.querySelectorAll("path").length;
      }, svg);
      expect(Number(problem)).toBeGreaterThan(0);
    }
    expect(messages).toEqual([]);
    await page.close();
  });
});
