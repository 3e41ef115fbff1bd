import { describe, expect, it } from "vitest";
import { Matrix } from "../../src/linalg/matrix.js";
import { reportHtml } from "../../src/report/page.js";
import type { Report } from "../../src/report/report.js";
import { linnerud } from "./example.js";

const full = linnerud();
const absent = (reason: string) => ({ absent: reason });

describe("reportHtml", () => {
  const html = reportHtml(full);

  it("is one page without script, request or style from elsewhere", () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bon\w+=|javascript:/i);
    expect([...html.matchAll(/https?:\/\/[^"]*/g)].map(([url]) => url)).toEqual(
      expect.arrayContaining(["http://www.w3.org/2000/svg"]),
    );
    expect(html).not.toMatch(/(?:src|href)="(?!#)/);
    expect(html).not.toMatch(/undefined|\[object|NaN/);
  });

  it("says what was fitted, with λ so that it can be typed back", () => {
    for (const text of [
      "examples/linnerud.csv",
      "Chins, Situps, Jumps",
      "exact",
      String(full.model.lambda),
    ]) {
      expect(html).toContain(text);
    }
    for (const target of full.model.outputs) expect(html).toContain(`${target}: weights over λ`);
    expect(html).toContain("these are not confidence intervals");
  });

  it("has a table behind each chart", () => {
    const figures = html.split("<figure>").slice(1);
    expect(figures.length).toBe(3 * 5 + 3);
    for (const figure of figures) expect(figure).toMatch(/<svg.*<details><summary>.*<table>.*<tbody><tr>/s);
  });

  it("links to every section", () => {
    const ids = [...html.matchAll(/<h2 id="([^"]*)"/g)].map(([, id]) => id);
    const links = [...html.matchAll(/<a href="#([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual(["warnings", ...links]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("says of whatever is absent why", () => {
    const names = [
      "intervals",
      "path",
      "crossValidation",
      "fitted",
      "log",
      "directions",
      "vif",
      "condition",
      "influential",
    ] as const;
    const bare: Report = {
      ...full,
      ...Object.fromEntries(names.map((name) => [name, absent(`no ${name} <here>`)])),
      metrics: {
        heldOut: absent("λ was given"),
        train: full.metrics.train,
        valid: absent("nobody validated"),
      },
      coefficients: full.coefficients.map((of) => ({ ...of, standardError: null, low: null, high: null })),
      warnings: [],
    } as Report;
    const page = reportHtml(bare);
    for (const name of names) expect(page).toContain(`no ${name} &lt;here&gt;`);
    expect(page).toContain("nobody validated");
    expect(page).not.toContain("validation</th>");
    expect(page).not.toContain('class="warnings"');
  });

  it("escapes every text that it is given", () => {
    const sting = `<img src=x onerror=alert(1)>"'&\u0000`;
    const names = {
      inputs: ["Chins", "Situps", "Jumps"].map((name) => name + sting),
      outputs: full.model.outputs.map((name) => name + sting),
    };
    const page = reportHtml({
      ...full,
      title: sting,
      source: sting,
      lambdaChoice: sting,
      warnings: [sting],
      units: Object.fromEntries(names.outputs.map((name) => [name, sting])),
      model: {
        ...full.model,
        ...names,
        training: { ...full.model.training!, solver: sting, strategy: sting, fingerprint: sting },
      },
      coefficients: full.coefficients.map((of) => ({
        ...of,
        feature: of.feature + sting,
        target: of.target + sting,
      })),
      crossValidation: { ...(full.crossValidation as object), how: sting } as Report["crossValidation"],
      vif: [{ feature: sting, vif: 1 }],
      influential: [{ row: 1, target: sting, leverage: 0, residual: 0, cooksDistance: 0 }],
    });
    expect(page).not.toMatch(/<img|onerror=alert\(1\)>/);
    expect(page).not.toContain("\u0000");
    expect(page.split("&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;\ufffd").length).toBeGreaterThan(40);
  });

  it("holds numbers that are not finite, a λ for each target, many targets and many features", () => {
    const page = reportHtml({
      ...full,
      model: { ...full.model, lambda: [0.1, 0.2, 0.3] },
      vif: [{ feature: "Chins", vif: Number.POSITIVE_INFINITY }],
      condition: { before: Number.POSITIVE_INFINITY, after: [1, 2, 3] },
      directions: [{ singularValue: 2, shrinkage: [0.1, 0.2, 0.3] }],
    });
    expect(page).toContain("Weight: 0.1, Waist: 0.2, Pulse: 0.3");
    expect(page).toContain('<td class="n">∞</td>');
    expect(page).toContain("λ of Pulse");

    const outputs = Array.from({ length: 8 }, (_, l) => `t${l}`);
    const inputs = Array.from({ length: 500 }, (_, j) => `f${j}`);
    const wide = reportHtml({
      ...full,
      model: { ...full.model, inputs, outputs, weight: new Matrix(8, 500), bias: outputs.map(() => 0) },
      metrics: {
        heldOut: absent("none"),
        train: outputs.map(() => full.metrics.train[0]!),
        valid: absent("none"),
      },
      coefficients: outputs.flatMap((target) =>
        inputs.map((feature, j) => ({
          target,
          feature,
          weight: j,
          scaled: j,
          standardError: null,
          low: null,
          high: null,
        })),
      ),
      path: {
        lambdas: [1, 0.1],
        weights: [1, 2].map((by) => inputs.map((_, j) => outputs.map(() => by * j))),
      },
      crossValidation: absent("none"),
      fitted: absent("none"),
    });
    expect(wide).toContain("Charts show the first 6 of 8 targets.");
    expect(wide).toContain("the 12 largest of 500 are drawn");
    expect(wide).toContain("Table of 4000 weights");
    expect(wide.length).toBeLessThan(3e6);
  });

  it("refuses parts that do not fit each other", () => {
    const broken: Partial<Report>[] = [
      { metrics: { ...full.metrics, train: [] } },
      { metrics: { ...full.metrics, valid: [] } },
      { path: { lambdas: [1], weights: [] } },
      { path: { lambdas: [1], weights: [[[1, 2, 3]]] } },
      { crossValidation: { ...(full.crossValidation as object), mse: [[1]] } as never },
      { fitted: [] },
      { fitted: [0, 1, 2].map(() => ({ observed: [1, 2], predicted: [1] })) },
    ];
    for (const part of broken)
      expect(() => reportHtml({ ...full, ...part })).toThrow(/reportHtml: expected \d+ /);
  });
});
