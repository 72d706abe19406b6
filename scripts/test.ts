/**
 * Runs the tests, the contracts of the families beside all others: two processes, since uvu itself uses one. Each prints when
 * it has ended. The command line is tested as it is built, since the build starts in a third of the time. A pattern runs the
 * files that match it, in one process, and the command line from its source:
 *
 *     npm test                    npm test -- ode/solve
 */
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const UVU = ["--import", "tsx", "node_modules/uvu/bin.js", "test"];
const [pattern] = process.argv.slice(2);
const parts =
  pattern === undefined
    ? [
        ["contract/.*\\.test\\.ts$"],
        ["\\.test\\.ts$", "--ignore", "^contract/", "--ignore", "/contract/"],
      ]
    : [[pattern]];

if (pattern === undefined) {
  const { status } = spawnSync("npm", ["run", "build", "--silent"], { stdio: "inherit" });
  if (status !== 0) process.exit(1);
  process.env["FLOWMETER_MAIN"] = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
}

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
