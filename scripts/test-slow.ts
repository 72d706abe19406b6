/**
 * The figures of reliability that take too long for `npm test`: `npm run test:slow [-- --kills 200 --runs 5000 --fuzz 12 --slurm 1]`; 0
 * leaves a part out. Writes results/reliability/*.md, and ends with code 1 if something is not as it must be.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { reportPage, type Report } from "./slow/report.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    runs: { type: "string", default: "5000" },
    /** So many times the inputs of `npm test`. */
    fuzz: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    slurm: { type: "string", default: "1" },
  },
});
process.env["FLOWMETER_MAIN"] = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
// After the line above, which they read.
const { kills } = await import("./slow/kills.ts");
const { fuzz } = await import("./slow/fuzz.ts");
const { manyRuns } = await import("./slow/many-runs.ts");

const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}, beside other work`;
const output = "results/reliability";
mkdirSync(output, { recursive: true });

async function part(
  name: string,
  title: string,
  about: string,
  measure: (folder: string) => Promise<Report>,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), `flowmeter-slow-${name}-`));
  try {
    const report = await measure(folder);
    const page = reportPage(title, about, machine, report);
    writeFileSync(join(output, `${name}.md`), page);
    console.log(page);
    if (!report.good) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (values.kills !== "0")
  await part(
    "kills",
    "Kills at random moments",
    `A sweep of tiny Real NVPs, \`-j 2\`, is killed at random moments (seed ${values.seed}), and resumed after each; its results are compared with an undisturbed sweep's. \`npm run test:slow -- --runs 0 --fuzz 0 --slurm 0 --kills ${values.kills}\``,
    (folder) => kills(folder, Number(values.kills), Number(values.seed)),
  );
if (values.runs !== "0")
  await part(
    "many-runs",
    "Very many runs in one sweep",
    `Gaussians in closed form, so that nearly all of the time is the runner's. \`npm run test:slow -- --kills 0 --fuzz 0 --slurm 0 --runs ${values.runs}\``,
    (folder) => manyRuns(folder, Number(values.runs)),
  );
if (values.fuzz !== "0")
  await part(
    "fuzz",
    "Inputs that were changed at random",
    `Overrides, files of experiments and files of rows with slips, wrong bytes and malice in them: each must be taken for what it says, or refused in words for people. \`npm run test:slow -- --kills 0 --runs 0 --slurm 0 --fuzz ${values.fuzz}\``,
    () => fuzz(Number(values.fuzz)),
  );
// Time limits of a real Slurm, and jobs that it puts back: tests like others, but of minutes each.
if (values.slurm !== "0") {
  const uvu = ["--import", "tsx", "node_modules/uvu/bin.js", "test", "\\.slow\\.ts$"];
  if (spawnSync(process.execPath, uvu, { stdio: "inherit" }).status !== 0) process.exitCode = 1;
}
