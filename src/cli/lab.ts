import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { defineCommand } from "citty";
import { Ell2Error } from "../errors.js";
import { rangeOption } from "./args.js";
import { print, say } from "./output.js";
import { LAB } from "./package.js";

const WHERE = "ell2 lab";
const HOST = "127.0.0.1";

const TYPES: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
};

const HEADERS = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cache-Control": "no-store",
};

/** The page's own policy, and what only a header can say. */
function policyOf(page: Buffer): string {
  const [, policy] = /"Content-Security-Policy" content="([^"]+)"/.exec(page.toString())!;
  return `${policy}; frame-ancestors 'none'`;
}

/** The lab's files by the path of a request, read once: no request reaches the disk. */
function readFiles(): Map<string, { type: string; body: Buffer }> {
  if (!existsSync(LAB)) {
    throw new Ell2Error("SOURCE", { where: LAB, expected: "the lab's files", got: "nothing there" });
  }
  const files = new Map(
    readdirSync(LAB).map((name) => [
      `/${name}`,
      { type: TYPES[name.split(".").at(-1)!]!, body: readFileSync(`${LAB}/${name}`) },
    ]),
  );
  return files.set("/", files.get("/index.html")!);
}

export const lab = defineCommand({
  meta: { name: "lab", description: "Serve the lab to this machine: weight decay, live in a browser" },
  args: {
    port: { type: "string", description: "port on 127.0.0.1; 0 takes a free one", default: "8014" },
  },
  async run({ args }) {
    const port = rangeOption(
      WHERE,
      "port",
      args.port,
      "that is whole and in [0, 65535]",
      (x) => Number.isInteger(x) && x >= 0 && x <= 65535,
    )!;
    const files = readFiles();
    const headers = { ...HEADERS, "Content-Security-Policy": policyOf(files.get("/")!.body) };
    // a request without a Host is answered as one for another host
    const server = createServer({ requireHostHeader: false }, (request, response) =>
      answer(files, headers, server, request, response),
    );
    server.on("clientError", (_, socket) => {
      const lines = Object.entries({ ...headers, Connection: "close" }).map((pair) => pair.join(": "));
      if (socket.writable) socket.end(["HTTP/1.1 400 Bad Request", ...lines, "", ""].join("\r\n"));
    });
    await listen(server, port);
    print(`http://${HOST}:${portOf(server)}/`);
    say("the lab is there until Ctrl-C");
  },
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      reject(
        new Ell2Error("SOURCE", {
          where: WHERE,
          expected: `port ${port} to be free`,
          got: taken ? "it is taken" : error.message,
          remedy: "choose another with --port, or a free one with --port 0",
        }),
      );
    });
    server.listen(port, HOST, resolve);
  });
}

/** Only what was asked of this machine by its own name: a page elsewhere whose name was pointed here is refused. */
function answer(
  files: ReturnType<typeof readFiles>,
  common: Record<string, string>,
  server: Server,
  { method, url = "", headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const end = (status: number, type: string, body: Buffer | string, more: Record<string, string> = {}) => {
    response.writeHead(status, {
      ...common,
      ...more,
      "Content-Type": type,
      "Content-Length": Buffer.byteLength(body),
    });
    response.end(method === "HEAD" ? undefined : body);
  };
  const plain = "text/plain; charset=utf-8";
  const port = portOf(server);
  if (headers.host !== `${HOST}:${port}` && headers.host !== `localhost:${port}`) {
    end(403, plain, "this server answers to its own name only\n");
  } else if (method !== "GET" && method !== "HEAD") {
    end(405, plain, "GET only\n", { Allow: "GET, HEAD" });
  } else {
    const file = files.get(url.split("?", 1)[0]!);
    if (file) end(200, file.type, file.body);
    else end(404, plain, "not there\n");
  }
}
