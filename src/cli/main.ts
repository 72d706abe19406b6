#!/usr/bin/env node
import { readFileSync } from "node:fs";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { cancelCommand } from "./cancel.ts";
import { flagProblems, type KnownOptions } from "./check-flags.ts";
import { cleanCommand } from "./clean.ts";
import { compareCommand } from "./compare.ts";
import { complete, isCompleting } from "./completion/complete.ts";
import { completionCommand } from "./completion/index.ts";
import { doctorCommand } from "./doctor.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { listCommand } from "./list.ts";
import { logprobCommand } from "./logprob.ts";
import { logsCommand } from "./logs.ts";
import { manipulateCommand } from "./manipulate.ts";
import { mergeCommand } from "./merge.ts";
import { listenForClosedPipes, note } from "./output.ts";
import { plotCommand } from "./plot/index.ts";
import { pluginCommand } from "./plugin/index.ts";
import { probeCommand } from "./probe.ts";
import { reportCommand } from "./report.ts";
import { resumeCommand } from "./resume.ts";
import { runCommand } from "./run.ts";
import { sampleCommand } from "./sample.ts";
import { showCommand } from "./show.ts";
import { statusCommand } from "./status.ts";
import { sweepCommand } from "./sweep.ts";
import { tableCommand } from "./table.ts";
import { withNearFlags } from "./unknown-flags.ts";
import { validateCommand } from "./validate.ts";
import { workerCommand } from "./worker.ts";

// Handlers load what they need when they are called: `flowmeter list` must not wait for TensorFlow.js or mathjs.
const { version } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
) as { version: string };

listenForClosedPipes();

/** Prints an error as its user needs it: one line of cause for theirs, the stack for ours. */
function explain(error: unknown): number {
  const code = exitCodeOf(error);
  if (error instanceof Error) note(code === EXIT.internal ? (error.stack ?? "") : error.message);
  else note(String(error));
  if (code === EXIT.internal)
    note("This is a fault of Flowmeter or of a plugin; please report it.");
  return code;
}

/** The options of the command that was typed; the types of yargs do not have them. */
const optionsOf = (parser: unknown): KnownOptions =>
  (parser as { getOptions(): KnownOptions }).getOptions();

const usageError = (text: string): Error => Object.assign(new Error(text), { name: "UsageError" });

const words = hideBin(process.argv);

const program = yargs(words)
  .scriptName("flowmeter")
  .usage("$0 COMMAND\n\nTrains normalizing flows under one runner and compares them.")
  .command(runCommand)
  .command(sweepCommand)
  .command(resumeCommand)
  .command(statusCommand)
  .command(logsCommand)
  .command(cancelCommand)
  .command(tableCommand)
  .command(plotCommand)
  .command(reportCommand)
  .command(compareCommand)
  .command(mergeCommand)
  .command(cleanCommand)
  .command(listCommand)
  .command(pluginCommand)
  .command(showCommand)
  .command(validateCommand)
  .command(sampleCommand)
  .command(logprobCommand)
  .command(manipulateCommand)
  .command(doctorCommand)
  .command(completionCommand)
  .command(workerCommand)
  .command(probeCommand)
  // The script is ours; under this name yargs would print its own. A line is never carried out while it is being completed,
  // since --get-yargs-completions is an argument that strict refuses.
  .completion("yargs-completion", false, complete)
  .parserConfiguration({ "parse-positional-numbers": false, "dot-notation": false })
  .middleware(() => {
    const problems = isCompleting() ? [] : flagProblems(words, optionsOf(program));
    if (problems.length > 0) throw usageError(problems.join("\n"));
  }, true)
  .demandCommand(1, "Which command? See flowmeter --help.")
  .recommendCommands()
  .strict()
  .version(version)
  .help()
  .alias("help", "h")
  .wrap(Math.min(110, process.stdout.columns || 80))
  .exitProcess(false)
  .fail((message: string | null, error: Error | undefined) => {
    const { key } = optionsOf(program);
    const text = withNearFlags(message ?? "usage", words, Object.keys(key));
    throw error ?? usageError(text);
  });

try {
  await program.parseAsync();
} catch (error) {
  const usage = error instanceof Error && ["UsageError", "YError"].includes(error.name);
  if (usage && !isCompleting()) note(`${error.message}\nSee flowmeter --help.`);
  process.exitCode = usage ? EXIT.usage : explain(error);
}
