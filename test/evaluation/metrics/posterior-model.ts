import { gaussianLinear } from "../../../src/datasets/sbi-gaussian-linear.ts";
import type { MetricArguments } from "../../../src/evaluation/metrics/metric-definition.ts";
import { createRng } from "../../../src/math/rng.ts";
import { makeRows, type Rows } from "../../../src/math/rows.ts";

export const DIM = 2;
export const simulator = gaussianLinear(DIM, 0.1, 0.1);
const POSTERIOR_SD = Math.sqrt(0.05);
const rng = createRng("posterior model");

function simulate(count: number, seed: string): { rows: Rows; context: Rows } {
  const theta = simulator.samplePrior(count, rng.fork(seed).fork("prior"));
  const x = simulator.simulate(theta, count, rng.fork(seed).fork("x"));
  return { rows: makeRows(theta, [DIM]), context: makeRows(x, [DIM]) };
}

/**
 * A model of p(θ|x) whose draws are `wider` times as wide as the posterior and `off` of its deviations away from it in
 * the first entry. Its own log p goes with its draws.
 */
export function posteriorModel({ wider = 1, off = 0, knowsLogProb = true }): Given {
  const [train, test_] = [simulate(2000, "train"), simulate(3000, "test")];
  const centre = (context: Rows, k: number): number =>
    0.5 * (context.values[k] ?? NaN) + (k % DIM === 0 ? off * POSTERIOR_SD : 0);
  const logProb = (rows: Rows, context: Rows): Float64Array =>
    new Float64Array(rows.count).map((_, i) => {
      let squares = 0;
      for (let k = i * DIM; k < (i + 1) * DIM; k++)
        squares += (((rows.values[k] ?? NaN) - centre(context, k)) / (wider * POSTERIOR_SD)) ** 2;
      return -0.5 * squares - DIM * Math.log(Math.sqrt(2 * Math.PI) * wider * POSTERIOR_SD);
    });
  return {
    columns: ["theta1", "theta2"],
    train: train.rows,
    test: test_.rows,
    context: { train: train.context, test: test_.context },
    sample(count, stream, context) {
      if (!context) throw new Error("no context");
      const values = stream
        .normals(count * DIM)
        .map((e, k) => centre(context, k) + wider * POSTERIOR_SD * e);
      const rows = makeRows(values, [DIM]);
      return Promise.resolve({
        rows,
        ...(knowsLogProb && { logProb: logProb(rows, context) }),
      });
    },
    logProb: (rows, context) =>
      context ? Promise.resolve(logProb(rows, context)) : Promise.reject(new Error("no context")),
    provenance: { kind: "exact" },
    engine: {},
  };
}
/** What a metric is given but for what computeMetrics adds. */
export type Given = Omit<MetricArguments, "twoSamples" | "posterior" | "rng">;

/** Sizes that computeMetrics is asked for. */
export const settings = { draws: 300, contexts: 1000, posteriorDraws: 99 };
