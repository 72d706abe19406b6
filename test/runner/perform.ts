import type { Dataset } from "../../src/datasets/dataset.ts";
import { createLibrary } from "../../src/runner/config/library.ts";
import { parseOverrides } from "../../src/runner/config/override.ts";
import { resolveRuns } from "../../src/runner/config/resolve.ts";
import { makeFlow } from "../../src/runner/flow.ts";
import { loadCatalogue } from "../../src/runner/load-catalogue.ts";
import { performRun } from "../../src/runner/run.ts";
import { runInFolder } from "../../src/runner/run-in-folder.ts";
import { createRunFolder } from "../../src/runner/store/run-folder.ts";

async function resolve(overrides: readonly string[]) {
  const catalogue = await loadCatalogue();
  const parsed = parseOverrides([...overrides, "evaluation.precision=float64"]);
  const [run] = await resolveRuns({ overrides: parsed }, catalogue, createLibrary([]));
  if (run === undefined) throw new Error("the overrides stand for no run");
  return { catalogue, run };
}

/** Does the run that the overrides stand for, in memory; float64 in the evaluation. */
export async function perform(overrides: readonly string[], dataset?: Dataset) {
  const { catalogue, run } = await resolve(overrides);
  const outcome = await performRun(run.config, { catalogue, ...(dataset && { dataset }) });
  const flow = makeFlow(run.config, outcome.model, outcome.preprocessing);
  return { ...outcome, config: run.config, flow };
}

/** The same in a folder. */
export async function performIn(folder: string, overrides: readonly string[]) {
  const { catalogue, run } = await resolve(overrides);
  createRunFolder(folder, run);
  return runInFolder({ folder, catalogue });
}

/** Value of a metric of a run. */
export const metric = (
  { evaluated }: Awaited<ReturnType<typeof perform>>,
  name: string,
): number => {
  const value = evaluated?.metrics[name]?.["value" as never];
  if (typeof value !== "number") throw new Error(`the run has no finite ${name}`);
  return value;
};

/** The message of the error that the user can cure in which a run ends; one line. */
export async function refusal(run: () => Promise<unknown>): Promise<string> {
  try {
    await run();
  } catch (error) {
    const names = ["UserError", "DataError", "ModelError", "ConfigError"];
    if (error instanceof Error && names.includes(error.name)) return error.message;
    throw error;
  }
  throw new Error("Expected an error that the user can cure, but the run went through.");
}
