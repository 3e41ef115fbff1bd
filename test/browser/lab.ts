/** Runs `ell2 lab` on a free port. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { program } from "../cli/help.js";

export interface Served {
  url: string;
  stop(): void;
}

/** Starts it; resolves with the address that it prints. */
export async function serveLab(): Promise<Served> {
  const child = spawn(process.execPath, [program, "lab", "--port", "0"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  return { url: String(text).trim(), stop: () => child.kill() };
}
