// Finds a Chromium for the browser tests, or says how to get one.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "microsoft-edge",
  "msedge",
];
const PLACES = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
];

/** `ELL2_CHROMIUM` if it is set, otherwise the first Chromium on the path or in the usual places; or null. */
export function findBrowser() {
  if (process.env.ELL2_CHROMIUM) return process.env.ELL2_CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const onPath = folders.flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...onPath, ...PLACES].find((path) => existsSync(path)) ?? null;
}

/** The same; where there is none, installs Debian's package if that can be done, or ends with how to get one. */
export function requireBrowser() {
  let browser = findBrowser();
  if (browser === null && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    process.stdout.write("no Chromium found: installing the system's package\n");
    const apt = (...args) =>
      spawnSync("apt-get", args, {
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
      });
    apt("update");
    apt("install", "-y", "--no-install-recommends", "chromium");
    browser = findBrowser();
  }
  if (browser !== null) return browser;
  process.stdout.write(
    "no Chromium found, and the browser tests need one: install it (Debian and Ubuntu: apt-get install chromium; " +
      "macOS: brew install --cask chromium), or set ELL2_CHROMIUM to the path of a Chromium, Chrome or Edge\n",
  );
  process.exit(1);
}
