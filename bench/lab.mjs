// node bench/lab.mjs: how soon the lab's first picture is there, and its frame times while it trains
// 100 000 rows of 20 features, in Chromium. Builds nothing: npm run build first.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { requireBrowser } from "../scripts/browser.mjs";

const RUNS = 7;
const SECONDS = 8;
/** 100 000 rows of 20 features, a million epochs; what differs is how they are trained. */
const ROWS = "m=100000&v=1000&n=20&i=20&k=3&t=1000000&r=0.0001";
const TRAININGS = {
  "full batch (from moments)": "b=100000",
  "batches of 1000 (from moments)": "b=1000",
  "batches of 33 (row by row)": "b=33",
  "Adam, batches of 1000 (autograd)": "b=1000&o=adam",
};

const sorted = (values) => [...values].sort((a, b) => a - b);
const quantile = (values, share) =>
  sorted(values)[Math.min(values.length - 1, Math.floor(share * values.length))];
const print = (text) => process.stdout.write(`${text}\n`);

/** Milliseconds from the beginning of navigation until the scatter of the data is drawn. */
async function firstPicture(browser, url) {
  const page = await browser.newPage();
  await page.goto(url, { waitUntil: "commit" });
  await page.locator("figure svg").first().waitFor();
  const shown = await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => resolve(performance.now()))),
  );
  await page.close();
  return shown;
}

/** The times between frames while a training runs, and how far it came. */
async function frames(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  const toolbar = page.getByRole("toolbar");
  await toolbar.getByRole("button", { name: "Run", exact: true }).click({ timeout: 120_000 });
  await toolbar.getByRole("button", { name: "Pause", exact: true }).waitFor({ timeout: 120_000 });
  await toolbar.scrollIntoViewIfNeeded();
  await page.locator(".figures figure").nth(5).waitFor({ timeout: 120_000 });
  await page.waitForTimeout(1000);
  const epoch = () => page.getByTestId("now").locator("dd").first().textContent();
  const before = await epoch();
  const times = await page.evaluate(
    (seconds) =>
      new Promise((resolve) => {
        const gaps = [];
        const start = performance.now();
        let last = start;
        const frame = () => {
          const now = performance.now();
          gaps.push(now - last);
          last = now;
          if (now - start < seconds * 1000) requestAnimationFrame(frame);
          else resolve(gaps.slice(1));
        };
        requestAnimationFrame(frame);
      }),
    SECONDS,
  );
  const after = await epoch();
  await page.close();
  return { times, before, after };
}

const program = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const server = spawn(process.execPath, [program, "lab", "--port", "0"], {
  stdio: ["ignore", "pipe", "ignore"],
});
const [address] = await once(server.stdout, "data");
const url = String(address).trim();
const browser = await chromium.launch({
  executablePath: requireBrowser(),
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  await firstPicture(browser, url);
  const pictures = [];
  for (let run = 0; run < RUNS; run++) pictures.push(await firstPicture(browser, url));
  print(
    `first picture: median ${quantile(pictures, 0.5).toFixed(0)} ms, slowest of ${RUNS} ${Math.max(...pictures).toFixed(0)} ms`,
  );
  print(`frames over ${SECONDS} s while 100 000 rows of 20 features train:`);
  for (const [name, settings] of Object.entries(TRAININGS)) {
    const { times, before, after } = await frames(browser, `${url}#${ROWS}&${settings}`);
    print(
      `  ${name}: median ${quantile(times, 0.5).toFixed(1)} ms, 99th percentile ${quantile(times, 0.99).toFixed(1)} ms, longest ${Math.max(...times).toFixed(1)} ms; epoch ${before} to ${after}`,
    );
  }
} finally {
  await browser.close();
  server.kill();
}
