// Trino's own distribution: the Java that runs it, and Maven, which brings it and keeps it where it keeps all.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The last release whose server is in Maven's registry, and the Java that it needs. */
const RELEASE = "476";
const JAVA = 24;
const SERVER = "trino-server-core";
/** It comes without these connectors. */
const CONNECTORS = ["memory", "tpch"];
/** What the server brings and is used here; the rest stays out, for a quicker start. */
const PLUGINS = ["password-authenticators"];

const releaseOf = (java) =>
  Number(/version "(\d+)/.exec(spawnSync(java, ["-version"], { encoding: "utf8" }).stderr ?? "")?.[1] ?? 0);

/** A Java that is new enough, from JAVA_HOME, the path or the usual places; or undefined. */
export function findJava() {
  const installed = "/usr/lib/jvm";
  const homes = [
    ...(process.env.JAVA_HOME ? [process.env.JAVA_HOME] : []),
    ...(existsSync(installed) ? readdirSync(installed).map((name) => join(installed, name)) : []),
  ];
  return ["java", ...homes.map((home) => join(home, "bin/java"))].find((java) => releaseOf(java) >= JAVA);
}

/** What Trino needs and is missing here, with how to get it; undefined where nothing is. */
function missing() {
  if (findJava() === undefined) {
    return `Trino ${RELEASE} needs Java ${JAVA} or later, which was not found: install one (Eclipse Temurin's, for example), or set JAVA_HOME to its folder`;
  }
  if (spawnSync("mvn", ["-v"]).status !== 0) {
    return "Trino comes through Maven, which was not found: install it (Debian and Ubuntu: apt-get install maven; macOS: brew install maven)";
  }
  return undefined;
}

/** Ends the program with exit code 1 where Trino cannot run, and says why. */
export function exitWithoutTrino() {
  const reason = missing();
  if (reason === undefined) return;
  process.stdout.write(`${reason}\n`);
  process.exit(1);
}

/** Unpacks server and connectors into a folder; returns the class path and the folder of plugins. */
export function unpackTrino(folder) {
  const item = (artifact, type) =>
    `<artifactItem><groupId>io.trino</groupId><artifactId>${artifact}</artifactId><version>${RELEASE}</version>` +
    `<type>${type}</type></artifactItem>`;
  const execution = (id, items) =>
    `<execution><id>${id}</id><configuration><artifactItems>${items.join("")}</artifactItems></configuration></execution>`;
  const connectors = CONNECTORS.map((name) => item(`trino-${name}`, "zip"));
  writeFileSync(
    join(folder, "pom.xml"),
    "<project><modelVersion>4.0.0</modelVersion><groupId>ell2</groupId><artifactId>trino</artifactId><version>1</version>" +
      "<packaging>pom</packaging><build><plugins><plugin><artifactId>maven-dependency-plugin</artifactId>" +
      `<version>3.8.1</version><configuration><outputDirectory>${folder}</outputDirectory></configuration><executions>` +
      execution("server", [item(SERVER, "tar.gz")]) +
      execution("connectors", connectors) +
      "</executions></plugin></plugins></build></project>",
  );
  const run = (program, ...args) => {
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
    if (status !== 0)
      throw new Error(`Trino ${RELEASE} could not be fetched: ${program}:\n${stdout}${stderr}`);
  };
  run("mvn", "-B", "-q", "dependency:copy@server", "dependency:unpack@connectors");
  run("tar", "-xzf", `${SERVER}-${RELEASE}.tar.gz`); // Maven would leave out the archive's hard links
  const server = join(folder, `${SERVER}-${RELEASE}`);
  const plugins = join(folder, "plugins");
  mkdirSync(plugins);
  for (const name of CONNECTORS) renameSync(join(folder, `trino-${name}-${RELEASE}`), join(plugins, name));
  for (const name of PLUGINS) renameSync(join(server, "plugin", name), join(plugins, name));
  return { classPath: join(server, "lib", "*"), plugins };
}
