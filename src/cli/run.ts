import { join } from "node:path";
import type { CommandModule } from "yargs";
import type { RunRecord } from "../record.ts";
import {
  Interrupted,
  isPluginFault,
  isUserError,
  messageOf,
  StoreError,
  UserError,
} from "../runner/user-error.ts";
import { startStopwatch } from "../runner/stopwatch.ts";
import { configure, withOverrides, type ConfigurationArguments } from "./configuration.ts";
import { describeRecord } from "./describe-record.ts";
import { TAKE_OVER } from "./execution.ts";
import { EXIT } from "./exit-codes.ts";
import { note, outliveStdout, print } from "./output.ts";
import { listenForStop } from "./stop-signals.ts";

interface RunArguments extends ConfigurationArguments {
  readonly out?: string | undefined;
  readonly force: boolean;
  readonly "take-over": boolean;
  readonly json: boolean;
}

/** How a run on its own is done. */
interface RunOptions {
  readonly force: boolean;
  readonly takeOver: boolean;
  readonly json: boolean;
  /** Removes what was made for the run. */
  readonly undo: () => void;
}

/** Prints what a run came to, and sets the exit code. */
export function reportRecord(record: RunRecord, folder: string, json: boolean): void {
  if (json) print(JSON.stringify(record));
  else print(describeRecord(record, folder));
  if (record.status !== "done") process.exitCode = EXIT.failed;
}

/**
 * The record of a run that was done before and need not be done again. One that is not what the run wrote is set aside, with a
 * note.
 *
 * @throws UserError if its data have changed since
 */
export async function reusableRecord(
  folder: string,
  { force }: { readonly force: boolean },
): Promise<RunRecord | undefined> {
  const [{ setDamagedAside }, { readResult }, { assertDataFiles }] = await Promise.all([
    import("../runner/store/damaged-result.ts"),
    import("../runner/store/run-folder.ts"),
    import("../runner/data-state.ts"),
  ]);
  const damage = setDamagedAside(folder);
  if (damage !== undefined) note(damage);
  const existing = readResult(folder);
  if (existing?.status !== "done" || force) return undefined;
  assertDataFiles([folder]);
  return existing;
}

/**
 * Does the run of a folder in this process. A mistake in data or options that is found before training begins leaves nothing
 * behind that was made for the run, and all that stood there before; anything else, a plugin that breaks too, becomes a record that
 * says why.
 */
export async function runFolder(
  folder: string,
  { force, takeOver, json, undo }: RunOptions,
): Promise<void> {
  const [
    { assertUnchanged, storedCatalogue },
    { runInFolder },
    { keepFailure },
    { takeOverClaim },
    store,
    { showProgress },
  ] = await Promise.all([
    import("../runner/stored-catalogue.ts"),
    import("../runner/run-in-folder.ts"),
    import("../runner/keep-failure.ts"),
    import("../runner/store/take-over-claim.ts"),
    import("../runner/store/run-folder.ts"),
    import("./progress.ts"),
  ]);
  const stored = store.readStoredRun(folder);
  const taken = takeOver ? takeOverClaim(folder) : undefined;
  if (taken !== undefined) note(taken);
  const { stop, exitCode } = listenForStop(() => process.exit(exitCode()));
  const display = showProgress();
  const watch = startStopwatch();
  const training = { begun: false };
  try {
    const catalogue = await storedCatalogue(stored);
    assertUnchanged(stored, catalogue);
    const record = await runInFolder({
      folder,
      force,
      catalogue,
      signal: stop,
      say: display.say,
      onBegin: () => {
        training.begun = true;
      },
      onProgress: display.update,
    });
    display.end();
    reportRecord(record, folder, json);
  } catch (error) {
    display.end();
    if (error instanceof Interrupted) {
      note(`Go on with: flowmeter resume ${folder}`);
      process.exitCode = exitCode() ?? EXIT.stopped;
      return;
    }
    if (error instanceof StoreError) throw error;
    const isUsers = isUserError(error);
    if (isUsers && !training.begun && !isPluginFault(error)) {
      undo();
      throw error;
    }
    if (!isUsers && error instanceof Error) note(error.stack ?? "");
    reportRecord(keepFailure(folder, stored, messageOf(error), watch), folder, json);
  }
}

export const runCommand: CommandModule<unknown, RunArguments> = {
  command: "run [overrides..]",
  describe: "Train and evaluate one flow",
  builder: (args) =>
    withOverrides(args)
      .option("out", { type: "string", describe: "the run's folder (default runs/NAME)" })
      .option("force", { type: "boolean", default: false, describe: "again, even if it is done" })
      .option("take-over", TAKE_OVER)
      .option("json", { type: "boolean", default: false, describe: "print the record" })
      .example("$0 run family=real-nvp data=two-moons training.steps=2000 seed=0", ""),
  async handler({ overrides, out, force, json, "take-over": takeOver }) {
    outliveStdout();
    const { runs } = await configure({ overrides });
    const [run] = runs;
    if (run === undefined || runs.length > 1)
      throw new UserError(
        `run does one run, this configuration has ${runs.length}; use: flowmeter sweep ${overrides.join(" ")}`,
      );
    const folder = out ?? join("runs", run.runId);
    const store = await import("../runner/store/run-folder.ts");
    const undo = store.createRunFolder(folder, run);
    const existing = await reusableRecord(folder, { force });
    if (existing !== undefined) {
      note(`${folder} is done already and is reused; --force does it again.`);
      reportRecord(existing, folder, json);
    } else await runFolder(folder, { force, takeOver, json, undo });
  },
};
