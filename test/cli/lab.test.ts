import { readdirSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Served, serveLab } from "../browser/lab.js";
import { ell2, root } from "./help.js";

let lab: Served;
beforeAll(async () => {
  lab = await serveLab();
});
afterAll(() => lab?.stop());

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** As it is written, with no tidying of the path. */
function ask(
  path: string,
  { method = "GET", host }: { method?: string; host?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(lab.url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method, headers: host ? { host } : {} }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    });
    asked.on("error", reject).end();
  });
}

describe("ell2 lab", () => {
  it("prints its address, on this machine alone", () => {
    expect(lab.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it("serves the page and its parts with strict headers", async () => {
    const engine = readdirSync(join(root, "dist/lab")).find((name) => name.startsWith("engine"))!;
    const types = {
      "/": "text/html",
      "/lab.js?v=1": "text/javascript",
      [`/${engine}`]: "text/javascript",
      "/lab.css": "text/css",
    };
    for (const [path, type] of Object.entries(types)) {
      const { status, headers } = await ask(path);
      expect(status).toBe(200);
      expect(headers["content-type"]).toBe(`${type}; charset=utf-8`);
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["content-security-policy"]).toMatch(
        // one script beside its own: that of the document in which a rule runs
        /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-[\w+/]{43}=';/,
      );
      expect(headers["content-security-policy"]).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
    }
    expect((await ask("/")).body).toMatch(/<script type="module" src="lab.js">/);
    expect(await ask("/", { method: "HEAD" })).toMatchObject({ status: 200, body: "" });
  });

  it.each([
    "/../package.json",
    "/..%2fpackage.json",
    "/lab",
    "/lab.js/",
    "//lab.js",
    "/%2e%2e/cli.js",
    "/constructor",
  ])("has nothing at %s", async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: "not there\n" });
  });

  it("refuses other names for this machine, and other methods", async () => {
    for (const host of ["evil.example", `evil.example:${new URL(lab.url).port}`, "127.0.0.1"]) {
      expect(await ask("/", { host })).toMatchObject({ status: 403 });
    }
    expect((await ask("/", { host: `localhost:${new URL(lab.url).port}` })).status).toBe(200);
    expect(await ask("/", { method: "POST" })).toMatchObject({ status: 405 });
  });

  it("says that a port is taken, exit 5, and what is no port, exit 2", () => {
    const { exit, stderr } = ell2(["lab", "--port", new URL(lab.url).port]);
    expect({ exit, stderr }).toMatchObject({ exit: 5, stderr: expect.stringContaining("it is taken") });
    for (const port of ["-1", "65536", "http", "1.5"]) expect(ell2(["lab", `--port=${port}`]).exit).toBe(2);
  });
});
