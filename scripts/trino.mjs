// A real Trino on loopback: a coordinator and some workers, in a temporary folder. As a program it runs until Ctrl-C:
// node scripts/trino.mjs [--workers 2] [--heap 1G]
import { spawn, spawnSync } from "node:child_process";
import { pbkdf2Sync, randomBytes } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { exitWithoutTrino, findJava, unpackTrino } from "./trinoServer.mjs";

const HOST = "127.0.0.1";
/** Seconds after which a cluster that has not come up is given up. */
const PATIENCE = 600;
const CATALOGS = { memory: { "memory.max-data-per-node": "4GB" }, tpch: {} };
const JVM = [
  "-XX:+UseG1GC",
  "-XX:+ExitOnOutOfMemoryError",
  "-Djdk.attach.allowAttachSelf=true",
  "--add-modules=jdk.incubator.vector",
];

/** As many ports of the loopback interface as are asked for, all free a moment ago. */
async function freePorts(count) {
  const listening = () =>
    new Promise((resolve) => {
      const server = createServer().listen(0, HOST, () => resolve(server));
    });
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

const lines = (properties) =>
  Object.entries(properties)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");

/** A key and its certificate for the loopback interface, signed by itself; the certificate as text too. */
function certificate(folder, java, password) {
  const keystore = join(folder, "keystore.p12");
  const keytool = (...args) => {
    const program = java === "java" ? "keytool" : join(dirname(java), "keytool");
    const store = ["-keystore", keystore, "-storepass", password, "-storetype", "PKCS12", "-alias", "ell2"];
    const { status, stdout } = spawnSync(program, [...args, ...store], { encoding: "utf8" });
    if (status !== 0) throw new Error(`keytool: ${stdout}`);
    return stdout;
  };
  keytool("-genkeypair", "-keyalg", "RSA", "-validity", "2", "-dname", "CN=ell2", "-ext", `san=ip:${HOST}`);
  return { keystore, certificate: keytool("-exportcert", "-rfc") };
}

/** A password as Trino's password file holds it. */
function hashed(password) {
  const [iterations, salt] = [1000, randomBytes(16)];
  const hash = pbkdf2Sync(password, salt, iterations, 32, "sha1");
  return `${iterations}:${salt.toString("hex")}:${hash.toString("hex")}`;
}

/** Whether every node has come up and the coordinator has found all workers. */
async function isUp(nodes) {
  const get = async ({ port }, path, options) =>
    (await fetch(`http://${HOST}:${port}${path}`, options)).json();
  try {
    for (const node of nodes) if ((await get(node, "/v1/info")).starting) return false;
    const headers = { "X-Trino-User": "ell2" };
    const body = "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'";
    let answer = await get(nodes[0], "/v1/statement", { method: "POST", headers, body });
    let count = 0;
    while (true) {
      if (answer.data) count = answer.data[0][0];
      if (!answer.nextUri) return count === nodes.length;
      answer = await (await fetch(answer.nextUri, { headers })).json();
    }
  } catch {
    return false; // not listening yet
  }
}

/**
 * Starts Trino: a coordinator, which works on no rows itself, and `workers` workers, each with `heap` of memory. HTTP
 * takes any user without a password; HTTPS takes `users`, each with its password. Who is among `strangers` may not
 * see any table. Ends with the program, or by `stop`.
 */
export async function startTrino({ workers = 2, heap = "1G", users = {}, strangers = [] } = {}) {
  const java = findJava();
  const folder = mkdtempSync(join(tmpdir(), "ell2-trino-"));
  const nodes = [];
  const stop = () => {
    process.off("exit", stop);
    for (const { child } of nodes) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true, maxRetries: 9, retryDelay: 200 });
  };
  process.on("exit", stop);
  const write = (name, text) => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  try {
    const { classPath, plugins } = unpackTrino(folder);
    const [port, tlsPort, ...workerPorts] = await freePorts(2 + workers);
    const secret = randomBytes(32).toString("hex");
    const tls = certificate(folder, java, secret);
    mkdirSync(join(folder, "catalogs"));
    for (const [name, properties] of Object.entries(CATALOGS)) {
      write(`catalogs/${name}.properties`, lines({ "connector.name": name, ...properties }));
    }
    const everyNode = {
      "node.environment": "ell2",
      "log.console-format": "TEXT",
      "node.bind-ip": HOST,
      "node.internal-address": HOST,
      "plugin.dir": plugins,
      "catalog.config-dir": join(folder, "catalogs"),
      "discovery.uri": `http://${HOST}:${port}`,
      "internal-communication.shared-secret": secret,
    };
    const password = {
      "password-authenticator.name": "file",
      "file.password-file": write(
        "passwords",
        lines(
          Object.fromEntries(Object.entries(users).map(([user, text]) => [user, hashed(text)])),
        ).replaceAll("=", ":"),
      ),
    };
    const all = { privileges: ["SELECT", "INSERT", "DELETE", "UPDATE", "OWNERSHIP"] };
    const access = {
      "access-control.name": "file",
      "security.config-file": write(
        "rules.json",
        JSON.stringify({
          tables: [...strangers.map((user) => ({ user, privileges: [] })), all],
          procedures: [
            { catalog: "system", schema: "runtime", procedure: "kill_query", privileges: ["EXECUTE"] },
          ],
        }),
      ),
    };
    const coordinator = {
      coordinator: true,
      "node-scheduler.include-coordinator": false,
      // a worker that is lost is given up after seconds, not minutes
      "query.remote-task.max-error-duration": "10s",
      "http-server.https.enabled": true,
      "http-server.https.port": tlsPort,
      "http-server.https.keystore.path": tls.keystore,
      "http-server.https.keystore.key": secret,
      "http-server.authentication.type": "PASSWORD",
      "http-server.authentication.allow-insecure-over-http": true,
      "password-authenticator.config-files": write("password.properties", lines(password)),
      "access-control.config-files": write("access.properties", lines(access)),
    };
    const start = (name, nodePort, properties) => {
      const own = { "node.id": name, "http-server.http.port": nodePort };
      const config = write(`${name}.properties`, lines({ ...everyNode, ...own, ...properties }));
      const log = openSync(join(folder, `${name}.log`), "w");
      const child = spawn(
        java,
        [`-Xmx${heap}`, ...JVM, "-cp", classPath, `-Dconfig=${config}`, "io.trino.server.TrinoServer"],
        { cwd: folder, stdio: ["ignore", log, log] },
      );
      closeSync(log);
      nodes.push({ name, port: nodePort, child });
    };
    start("coordinator", port, coordinator);
    for (const [i, workerPort] of workerPorts.entries()) {
      start(`worker-${i + 1}`, workerPort, { coordinator: false });
    }
    for (let waited = 0; !(await isUp(nodes)); waited++) {
      const gone = nodes.find(({ child }) => child.exitCode !== null);
      const slow = waited > 2 * PATIENCE ? nodes[0] : undefined;
      const failed = gone ?? slow;
      if (failed) {
        const log = readFileSync(join(folder, `${failed.name}.log`), "utf8");
        throw new Error(`Trino's ${failed.name} did not come up:\n${log.slice(-4000)}`);
      }
      await sleep(500);
    }
    return {
      url: `trino://ell2@${HOST}:${port}/memory/default`,
      tlsUrl: `trino://${HOST}:${tlsPort}/memory/default?ssl`,
      certificate: write("certificate.pem", tls.certificate),
      workers: nodes.slice(1).map(({ child }) => child),
      stop,
    };
  } catch (error) {
    stop();
    throw error;
  }
}

if (process.argv[1]?.endsWith("trino.mjs")) {
  const { values } = parseArgs({
    options: { workers: { type: "string", default: "2" }, heap: { type: "string", default: "1G" } },
  });
  exitWithoutTrino();
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(130));
  const { url, workers } = await startTrino({ workers: Number(values.workers), heap: values.heap });
  process.stdout.write(`${url} with ${workers.length} workers; Ctrl-C stops it\n`);
}
