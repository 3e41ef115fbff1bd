// Runs dist/cli.js again and again in one process: a module of its own each time, with the real arguments, folder and
// streams. What it prints is caught; it has ended when nothing keeps the process alive any more, as always.
const cli = process.argv[2];
let printed = null;
let runs = 0;

for (const name of ["stdout", "stderr"]) {
  process[name].write = (text, ...rest) => {
    printed[name] += text;
    rest.at(-1) instanceof Function && rest.at(-1)();
    return true;
  };
}

process.on("beforeExit", () => {
  if (printed === null) return;
  const { exitCode = 0 } = process;
  process.exitCode = undefined;
  for (const name of ["stdout", "stderr"]) process[name].removeAllListeners("error");
  process.chdir("/");
  process.channel.ref();
  process.send({ ...printed, exit: exitCode });
  printed = null;
});

process.on("message", async ({ cwd, args }) => {
  printed = { stdout: "", stderr: "" };
  process.chdir(cwd);
  process.argv = [process.execPath, cli, ...args];
  process.channel.unref();
  await import(`${cli}?run=${runs++}`);
});
