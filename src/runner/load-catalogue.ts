import { ENGINES } from "../engine/program.ts";
import { integer } from "../options.ts";
import { createRegistry } from "../registry.ts";
import { trainingOptions } from "../training/options.ts";
import type { Catalogue } from "./catalogue.ts";
import { dataOptions } from "./data-options.ts";
import { evaluationOptions } from "./evaluation-options.ts";

/** The keys `engine.…` beside its name. */
const engineOptions = {
  threads: integer(1, "threads inside one operation", { min: 1 }),
};

/** Families and data sets, loaded only now: they bring TensorFlow.js with them. */
export async function loadCatalogue(): Promise<Catalogue> {
  const [{ families }, { datasets }] = await Promise.all([
    import("../families.ts"),
    import("../datasets/index.ts"),
  ]);
  return {
    families: createRegistry("family", families),
    datasets: createRegistry("data set", datasets),
    data: dataOptions,
    training: trainingOptions,
    evaluation: evaluationOptions,
    engine: engineOptions,
    engines: ENGINES,
  };
}
