/** A small sweep that ends with its table, and its report: npm run demo [-- --out DIR] */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { out } = parseArgs({ options: { out: { type: "string", default: "runs/demo" } } }).values;
const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
for (const args of [
  ["sweep", "experiment=demo", "-j", "2", "--out", out],
  ["report", out],
]) {
  const { status } = spawnSync(process.execPath, [main, ...args], { stdio: "inherit" });
  if (status !== 0) process.exit(status ?? 1);
}
