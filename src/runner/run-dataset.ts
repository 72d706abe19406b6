import type { Dataset } from "../datasets/dataset.ts";
import { prepareDataset } from "./prepare-dataset.ts";
import { seedStreams } from "./seeds.ts";
import { readResult, readStoredRun } from "./store/run-folder.ts";
import { storedCatalogue } from "./stored-catalogue.ts";
import { UserError } from "./user-error.ts";

/**
 * The data set of a run, as the run saw it.
 *
 * @param folder the run's folder
 * @throws UserError if the data changed since; DataError as loading does
 */
export async function loadRunDataset(folder: string): Promise<Dataset> {
  const run = readStoredRun(folder);
  const { name, ...options } = run.config.data;
  const { datasets } = await storedCatalogue(run, ["data"]);
  const rng = seedStreams(run.config.seed).data;
  const dataset = await datasets.get(name).load({ options, rng });
  const before = readResult(folder)?.provenance["dataDigest"];
  if (before !== dataset.digest)
    throw new UserError(
      `${folder}: the data of "${dataset.name}" changed since this run, so its rows are others; restore them, or do the run again with --force.`,
    );
  return prepareDataset(dataset, run.config.data);
}
