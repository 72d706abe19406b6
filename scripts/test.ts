/**
 * Runs the tests, the contracts of the families beside all others: two processes, since uvu itself uses one. Each prints when
 * it has ended. A pattern runs the files that match it, in one process:
 *
 *     npm test                    npm test -- ode/solve
 */
import { spawn } from "node:child_process";

const UVU = ["--import", "tsx", "node_modules/uvu/bin.js", "test"];
const [pattern] = process.argv.slice(2);
const parts =
  pattern === undefined
    ? [
        ["contract/.*\\.test\\.ts$"],
        ["\\.test\\.ts$", "--ignore", "^contract/", "--ignore", "/contract/"],
      ]
    : [[pattern]];

const run = (args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [...UVU, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => output.push(chunk));
    child.on("close", (code) => {
      process.stdout.write(Buffer.concat(output));
      resolve(code ?? 1);
    });
  });

const codes = await Promise.all(parts.map(run));
process.exitCode = Math.max(...codes);
