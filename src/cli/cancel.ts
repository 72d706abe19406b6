import type { CommandModule } from "yargs";
import type { Outcome, Worker } from "../runner/cancel.ts";
import { EXIT } from "./exit-codes.ts";
import { note, outliveStdout, print } from "./output.ts";

interface CancelArguments {
  readonly dir: string;
  readonly kill: boolean;
  readonly "dry-run": boolean;
  readonly json: boolean;
}

const WORDS: Readonly<Record<Outcome | "would ask" | "would kill", string>> = {
  asked: "asked to stop with a checkpoint",
  "asked before": "was asked to stop before, and is left to it; --kill ends it at once",
  killed: "killed",
  "had ended": "had ended by itself",
  "not permitted": "belongs to another user, and was left alone",
  "would ask": "would be asked to stop with a checkpoint",
  "would kill": "would be killed",
};

const doing = ({ does }: Worker): string => (does === "the sweep" ? does : does.run);

function report(worker: Worker, outcome: keyof typeof WORDS, json: boolean): void {
  const { host, pid } = worker.owner;
  const what = doing(worker);
  if (json) print(JSON.stringify({ host, pid, does: what, outcome }));
  else print(`process ${pid} (${what}): ${WORDS[outcome]}`);
}

/** Where a process may be at work that this one must not touch. */
function describeFar(worker: Worker, dir: string): string {
  const { owner, why = "" } = worker;
  const { host, pid, job } = owner;
  const cure =
    job === undefined
      ? `where it works, on ${host} type: flowmeter cancel ${dir}`
      : `it is a job of Slurm: scancel ${job.id}`;
  return `process ${pid} on ${host} (${doing(worker)}) may be at work, which cannot be known from here: ${why}; ${cure}`;
}

/** Ends the jobs that a sweep was given to, and says so; returns how many there were. */
async function cancelJobs({
  dir,
  kill,
  "dry-run": dryRun,
  json,
}: CancelArguments): Promise<number> {
  const { isSubmitted } = await import("../runner/slurm/submission.ts");
  if (!isSubmitted(dir)) return 0;
  const { cancelSlurm } = await import("../runner/slurm/cancel.ts");
  const { jobs, runs } = await cancelSlurm(dir, { kill, dryRun });
  const outcome = `${dryRun ? "would be " : ""}cancelled`;
  if (jobs.length === 0) return 0;
  if (json) print(JSON.stringify({ jobs, runs, outcome }));
  else
    print(
      `job ${jobs.join(", ")} (${runs} ${runs === 1 ? "run" : "runs"} waiting or at work): ${outcome}${dryRun || kill ? "" : ", with checkpoints"}`,
    );
  return jobs.length;
}

export const cancelCommand: CommandModule<unknown, CancelArguments> = {
  command: "cancel <dir>",
  describe: "Stop what works on a sweep or a run, with checkpoints",
  builder: (args) =>
    args
      .positional("dir", { type: "string", demandOption: true, describe: "its folder" })
      .option("kill", { type: "boolean", default: false, describe: "at once, without checkpoints" })
      .option("dry-run", {
        type: "boolean",
        default: false,
        describe: "only say what would be stopped",
      })
      .option("json", { type: "boolean", default: false, describe: "an object per process" }),
  async handler(args) {
    outliveStdout();
    const { dir, kill, "dry-run": dryRun, json } = args;
    const { atWork, stopWorker } = await import("../runner/cancel.ts");
    const { locate, reading } = await import("../runner/store/locate.ts");
    const located = locate(dir);
    const { here, elsewhere, unreadable } = reading(dir, () => atWork(located));
    for (const worker of here)
      if (dryRun) report(worker, kill ? "would kill" : "would ask", json);
      else report(worker, stopWorker(worker, { kill }), json);
    for (const worker of elsewhere) note(describeFar(worker, dir));
    for (const { run, reason } of unreadable) note(`${run} is left alone: ${reason}`);
    if (here.length + (await cancelJobs(args)) === 0) {
      note(`Nothing works on ${dir}${elsewhere.length > 0 ? " on this machine" : ""}.`);
      process.exitCode = EXIT.nothing;
    } else if (!dryRun) note(`Next: flowmeter status ${dir}, then flowmeter resume ${dir}`);
    if (unreadable.length > 0) process.exitCode = EXIT.store;
  },
};
