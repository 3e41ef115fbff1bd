import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { withEngine } from "../../src/sources/index.js";
import { readTrinoAddress } from "../../src/sources/trinoAddress.js";
import { refuses } from "../nn/help.js";

test("readTrinoAddress takes host, port, catalog and schema, and decodes them", () => {
  const { name, user, password, options } = readTrinoAddress("trino://me%40x@host/my%20catalog/s");
  expect([name, user, password]).toEqual(["trino://host:8080/my%20catalog/s", "me@x", undefined]);
  expect(options).toMatchObject({ server: "http://host:8080", catalog: "my catalog", schema: "s" });
  expect(readTrinoAddress("trino://[::1]:9/c").options).toMatchObject({ server: "http://[::1]:9" });
  expect(readTrinoAddress("trino://host").user).toBe(userInfo().username);
});

test("readTrinoAddress sends a password by TLS alone", () => {
  const secured = readTrinoAddress("trino://me:a%2Fb@host/c?ssl");
  expect([secured.options.server, secured.password]).toEqual(["https://host:443", "a/b"]);
  expect(secured.name).toBe("trino://host:443/c");
  for (const address of ["trino://me:pw@host", "trino://me:pw@host?ssl=false"])
    refuses(() => readTrinoAddress(address), "VALUE", /secured connection.*add \?ssl$/);
  process.env.TRINO_PASSWORD = "from outside";
  expect(readTrinoAddress("trino://me@host?ssl=true").password).toBe("from outside");
  expect(readTrinoAddress("trino://me@host").password).toBeUndefined();
  delete process.env.TRINO_PASSWORD;
});

test.each([
  "trino://",
  "trino://me:p%zz@host",
  "trino://me:pw@host:port",
  "trino://me:pw@host/a/b/c?ssl",
  "trino://me:pw@host?ssl&pw=1",
  "trino://me:pw@host?ssl=pw",
])("readTrinoAddress refuses %s, and does not repeat it", (address) => {
  refuses(() => readTrinoAddress(address), "VALUE", /^(?!.*(p%zz|=pw|:pw)).*$/);
});

test("a certificate that is not there, a port where nobody listens, a server that is no Trino: SOURCE", async () => {
  refuses(() => readTrinoAddress("trino://host?sslrootcert=none.pem"), "SOURCE", /none\.pem/);
  const ask = (port: number) =>
    withEngine(`trino://me@127.0.0.1:${port}/c`, {}, (engine) => engine.query("SELECT 1")).catch(
      (error) => error,
    );
  expect(await ask(1)).toMatchObject({
    code: "SOURCE",
    got: "ECONNREFUSED",
    data: { failure: "unreachable" },
  });
  for (const [status, got] of [
    [200, "another answer"],
    [404, "HTTP 404"],
    [503, "HTTP 503"],
  ] as const) {
    const server = createServer((_, response) => response.writeHead(status).end("<p>hello</p>"));
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    const error = await ask((server.address() as AddressInfo).port);
    server.close();
    expect(error).toMatchObject({ code: "SOURCE", got, data: { failure: "unreachable" } });
  }
});
