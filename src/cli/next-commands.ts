import type { RunEnd } from "../runner/sweep.ts";

/**
 * What to type after a sweep: where something went wrong first what shows why and does it again, and what compares runs only where
 * some are done.
 *
 * @param folder of the sweep
 */
export function nextCommands(folder: string, ends: readonly RunEnd[]): readonly string[] {
  const of = (...outcomes: readonly RunEnd["outcome"][]): readonly RunEnd[] =>
    ends.filter(({ outcome }) => outcomes.includes(outcome));
  const logged = of("failed", "diverged").find(({ log }) => log !== undefined);
  const isUnfinished = of("stopped", "busy").length > 0;
  const isComparable = of("done").length > 0 && !isUnfinished;
  return [
    ...(logged === undefined ? [] : [`logs ${folder} ${logged.run.runId}`]),
    // What diverged would do so again.
    ...(isUnfinished || of("failed").length > 0 ? [`resume ${folder}`] : []),
    ...(isComparable ? [`table ${folder}`, `report ${folder}`] : []),
  ].map((command) => `flowmeter ${command}`);
}
