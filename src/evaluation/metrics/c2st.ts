import type { EngineOptions } from "../../engine/index.ts";
import type { Rng } from "../../math/rng.ts";
import { rowSize, selectRows, stackRows, type Rows } from "../../math/rows.ts";
import { mean, standardError } from "../../math/statistics.ts";
import { classifierAccuracy, type ClassifierOptions, type Labelled } from "./classifier.ts";
import { measure } from "./measure.ts";
import { defineMetric } from "./metric-definition.ts";

const FOLDS = 5;
/** Two hidden layers of ten times the columns, as in sbibm, but not wider than this. */
const WIDEST = 128;

/** One row in so many of those to learn from says when to stop. */
const VALIDATION_SHARE = 8;

/**
 * Adam at 200 rows a step is scikit-learn's default, which sbibm takes. Early stopping instead of its L2 penalty: with a
 * penalty that keeps ten-dimensional Gaussians from being overfitted, two-moons beside a Gaussian came out at 0.62, which a
 * classifier of this size tells with 0.75.
 */
const classifierOptions = (columns: number): ClassifierOptions => {
  const width = Math.min(WIDEST, Math.max(32, 10 * columns));
  return { hidden: [width, width], steps: 2000, batch: 200, learningRate: 3e-3 };
};

/** The rows of these numbers of both samples: first those of x, labelled 0, then those of y, labelled 1. */
function labelled(x: Rows, y: Rows, indices: Int32Array): Labelled {
  const count = indices.length;
  return {
    rows: stackRows([selectRows(x, indices), selectRows(y, indices)]),
    labels: {
      count: 2 * count,
      shape: [1],
      values: new Float64Array(2 * count).map((_, i) => (i < count ? 0 : 1)),
    },
  };
}

/**
 * Classifier two-sample test: accuracy at telling x from y of a perceptron that is trained on four fifths of the rows (an
 * eighth of them to stop it) and tried on the rest, the mean over five folds; 0.5 if they cannot be told apart, 1 if no row is doubtful. The
 * standard error is that over the folds. A value near 0.5 says that this classifier, at this number of rows, sees no
 * difference: structure much finer than the distance of neighbouring rows is hidden from it.
 *
 * Both samples count with as many rows as the smaller one. Rows i of both are in the same fold: folds then hold both
 * classes equally often, and of rows that belong together, as draws for the same condition do, a classifier cannot learn
 * the one by the other.
 */
export async function classifierTwoSampleTest(
  x: Rows,
  y: Rows,
  rng: Rng,
  engine: EngineOptions = {},
): Promise<{ readonly value: number; readonly stderr: number }> {
  const count = Math.min(x.count, y.count);
  if (count < FOLDS) return { value: NaN, stderr: NaN };
  const order = rng.fork("folds").permutation(count);
  const options = classifierOptions(rowSize(x));
  const accuracies: number[] = [];
  for (let fold = 0; fold < FOLDS; fold++) {
    const rest = order.filter((_, place) => place % FOLDS !== fold);
    const held = order.filter((_, place) => place % FOLDS === fold);
    const rows = {
      train: labelled(
        x,
        y,
        rest.filter((_, place) => place % VALIDATION_SHARE !== 0),
      ),
      validation: labelled(
        x,
        y,
        rest.filter((_, place) => place % VALIDATION_SHARE === 0),
      ),
      test: labelled(x, y, held),
    };
    accuracies.push(await classifierAccuracy(rows, options, rng.fork(fold), engine));
  }
  return { value: mean(accuracies), stderr: standardError(accuracies) };
}

/** How well a classifier tells draws from test rows. */
export const c2st = defineMetric({
  name: "c2st",
  summary: "accuracy of a classifier that tells draws from test rows; 0.5 = indistinguishable",
  paper: "Lopez-Paz & Oquab (2017), arXiv:1610.06545; as in sbibm, arXiv:2101.04653",
  async compute({ twoSamples, rng, engine }) {
    const { model, data, nonfinite } = await twoSamples();
    const provenance = { kind: "samples", draws: model.count } as const;
    const about = { n: data.count, nonfinite, unit: "1", provenance, floor: 0.5 } as const;
    if (nonfinite > 0) return { metrics: { c2st: measure(NaN, NaN, about) } };
    const { value, stderr } = await classifierTwoSampleTest(model, data, rng, engine);
    return { metrics: { c2st: measure(value, stderr, about) } };
  },
});
