import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findBrowser } from "../../scripts/browser.mjs";
import { reportHtml } from "../../src/report/page.js";
import { diabetes, linnerud } from "../report/example.js";

/** What a page looks like from inside: evaluated there, so it is text. */
const LOOK = `(() => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour[3] !== 0) return colour;
    }
    throw new Error("no background");
  };
  const contrast = (a, b) => {
    const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q);
    return (high + 0.05) / (low + 0.05);
  };
  document.querySelectorAll("details").forEach((details) => (details.open = true));
  const all = [...document.body.querySelectorAll("*")];
  const withText = all.filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  const seen = withText.filter((element) => !["title", "desc"].includes(element.localName));
  const contrasts = seen.map((element) => {
    const style = getComputedStyle(element);
    const ink = rgb(element.ownerSVGElement ? style.fill : style.color);
    return { text: element.textContent.slice(0, 40), ratio: contrast(ink, behind(element)) };
  });
  const strokes = [...document.querySelectorAll("svg [stroke-width='2']")].map((element) =>
    contrast(rgb(getComputedStyle(element).stroke === "none" ? getComputedStyle(element.parentElement).stroke : getComputedStyle(element).stroke), behind(element)));
  const outside = [...document.querySelectorAll("svg text")].filter((text) => {
    const box = text.getBBox();
    const { width, height } = text.ownerSVGElement.viewBox.baseVal;
    return box.x < -1 || box.y < -1 || box.x + box.width > width + 1 || box.y + box.height > height + 1;
  }).map((text) => text.textContent);
  const letters = [...document.querySelectorAll("svg text")].map((text) =>
    parseFloat(getComputedStyle(text).fontSize) * text.ownerSVGElement.getBoundingClientRect().width / text.ownerSVGElement.viewBox.baseVal.width);
  return {
    lowest: contrasts.reduce((low, one) => (one.ratio < low.ratio ? one : low)),
    texts: contrasts.length,
    lowestStroke: Math.min(...strokes),
    outside,
    smallestLetters: Math.min(...letters),
    overflow: document.documentElement.scrollWidth - innerWidth,
    background: getComputedStyle(document.body).backgroundColor,
    headings: [...document.querySelectorAll("h1, h2, h3, h4")].map(({ localName }) => localName),
    landmarks: ["header", "nav", "main", "footer"].map((name) => document.querySelectorAll("body > " + name).length),
    tables: [...document.querySelectorAll("figure")].map((figure) => figure.querySelectorAll("table tbody tr").length),
    duplicates: all.map(({ id }) => id).filter((id, i, ids) => id && ids.indexOf(id) !== i),
  };
})()`;

interface Look {
  lowest: { text: string; ratio: number };
  texts: number;
  lowestStroke: number;
  outside: string[];
  smallestLetters: number;
  overflow: number;
  background: string;
  headings: string[];
  landmarks: number[];
  tables: number[];
  duplicates: string[];
}

describe("the report in Chromium", () => {
  let browser: Browser;
  const pages = { linnerud: reportHtml(linnerud()), diabetes: reportHtml(diabetes()) };

  beforeAll(async () => {
    const executablePath = findBrowser();
    if (executablePath === null) throw new Error("no Chromium: npm test says how to get one");
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  });
  afterAll(() => browser?.close());

  describe.each(["linnerud", "diabetes"] as const)("%s", (name) => {
    it.each([
      [360, "light"],
      [360, "dark"],
      [1280, "light"],
      [1280, "dark"],
    ] as const)(
      "at %i pixels, %s: all within the page, readable, quiet, offline",
      async (width, colorScheme) => {
        const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
        const messages: string[] = [];
        const requests: string[] = [];
        page.on("console", (message) => messages.push(message.text()));
        page.on("pageerror", (error) => messages.push(error.message));
        page.on("request", (request) => requests.push(request.url()));
        await page.route("**/*", (route) =>
          route.fulfill({ contentType: "text/html; charset=utf-8", body: pages[name] }),
        );
        await page.goto("http://page.test/");
        const look = (await page.evaluate(LOOK)) as Look;
        await page.close();

        expect(messages).toEqual([]);
        expect(requests).toEqual(["http://page.test/"]);
        expect(look.overflow).toBeLessThanOrEqual(0);
        expect(look.background).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(19, 23, 28)");
        expect(look.texts).toBeGreaterThan(200);
        expect(look.lowest.ratio, look.lowest.text).toBeGreaterThanOrEqual(4.5);
        expect(look.lowestStroke).toBeGreaterThanOrEqual(3);
        expect(look.outside).toEqual([]);
        expect(look.smallestLetters).toBeGreaterThanOrEqual(9);
        expect(look.headings[0]).toBe("h1");
        expect(new Set(look.headings.slice(1))).toEqual(new Set(["h2"]));
        expect(look.landmarks).toEqual([1, 1, 1, 1]);
        expect(Math.min(...look.tables)).toBeGreaterThan(0);
        expect(look.duplicates).toEqual([]);
      },
    );
  });

  it("names every chart for those who do not see it, and can be read with the keyboard alone", async () => {
    const page = await browser.newPage();
    await page.setContent(pages.linnerud);
    const charts = page.getByRole("img");
    expect(await charts.count()).toBe(18);
    expect(await page.getByRole("img", { name: "Weight: weights over λ", exact: true }).count()).toBe(1);
    const summary = page.locator("summary").first();
    await summary.focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("details[open] table").first().isVisible()).toBe(true);
    await page.close();
  });
});
