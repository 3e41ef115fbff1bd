import { readdirSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
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

/** What is answered to bytes that no client would send. */
function raw(text: string): Promise<string> {
  const { hostname, host, port } = new URL(lab.url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    let answer = "";
    socket.setEncoding("latin1").on("data", (part) => {
      answer += part;
    });
    socket.on("error", reject).on("end", () => resolve(answer));
    socket.end(
      `${text.replaceAll("HOSTURL", lab.url).replaceAll("HOST", host)}\r\nConnection: close\r\n\r\n`,
    );
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

  it.each([
    "GET http://evil.example/ HTTP/1.1\r\nHost: HOST",
    "GET HOSTURL../cli.js HTTP/1.1\r\nHost: HOST",
    "GET / HTTP/1.1",
    "GET / HTTP/1.0",
    "GET / HTTP/1.1\r\nHost: ",
    "GET / HTTP/1.1\r\nHost: evil.example",
    "GET / HTTP/1.1\r\nHost: HOST.evil.example",
    "GET / HTTP/1.1\r\nHost: evil.example\r\nHost: HOST",
    "GET /../../package.json HTTP/1.1\r\nHost: HOST",
    "GET /%2e%2e/%2e%2e/package.json HTTP/1.1\r\nHost: HOST",
    "GET /..%5c..%5cpackage.json HTTP/1.1\r\nHost: HOST",
    "GET /%00 HTTP/1.1\r\nHost: HOST",
    "GET /lab/ HTTP/1.1\r\nHost: HOST",
    "GET * HTTP/1.1\r\nHost: HOST",
    "OPTIONS * HTTP/1.1\r\nHost: HOST",
    "TRACE / HTTP/1.1\r\nHost: HOST",
    "PUT /lab.js HTTP/1.1\r\nHost: HOST\r\nContent-Length: 0",
    "BREW / HTTP/1.1\r\nHost: HOST",
    "GET",
    `GET / HTTP/1.1\r\nHost: HOST\r\nX: ${"x".repeat(100_000)}`,
  ])("refuses %j, with the same strict headers and no file", async (asked) => {
    const text = await raw(asked);
    expect(text).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(text.toLowerCase()).toContain("x-content-type-options: nosniff");
    expect(text.toLowerCase()).toContain("content-security-policy: default-src 'none'");
    expect(text.split("\r\n\r\n")[1]!.length).toBeLessThan(60);
  });

  it("lists no folder, and serves no file that it was not built with", async () => {
    for (const path of ["/.", "/?", "/index.html/", "/dist", "/lab.js%20"]) {
      const { status, body } = await ask(path);
      if (status === 200) expect(body).toBe((await ask("/")).body);
      else expect({ status, body }).toEqual({ status: 404, body: "not there\n" });
    }
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
