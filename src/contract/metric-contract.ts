import { computeMetrics } from "../evaluation/metrics/compute-metrics.ts";
import type { Measured, MetricDefinition } from "../evaluation/metrics/metric-definition.ts";
import { createRng } from "../math/rng.ts";
import type { Rows } from "../math/rows.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { FLOAT64 } from "./setting.ts";

const DIM = 2;
const SETTINGS = { draws: 500, contexts: 60, posteriorDraws: 40 };

/** A model N(c + shift, I) of data N(c, I), c being the condition (0 without one). */
interface Subject {
  readonly shift: number;
  readonly conditional: boolean;
  /** The first entry of every sample is NaN, and the first log p. */
  readonly spoilt?: boolean;
}

const normals = (count: number, seed: string): Rows => ({
  count,
  shape: [DIM],
  values: createRng(seed).normals(count * DIM),
});

/** Row i is moved by the condition of row i. */
const moved = (rows: Rows, context: Rows | undefined, shift = 0): Rows => ({
  ...rows,
  values: rows.values.map((v, k) => v + shift + (context?.values[Math.floor(k / DIM)] ?? 0)),
});

function conditions(count: number, seed: string): Rows {
  return { count, shape: [1], values: createRng(seed).normals(count) };
}

/** The data's own density, N(0, I). */
const standardNormal = ({ count, values }: Rows): Float64Array =>
  new Float64Array(count).map((_, i) => {
    const squares = values.subarray(i * DIM, (i + 1) * DIM).reduce((sum, v) => sum + v * v, 0);
    return -0.5 * squares - (DIM / 2) * Math.log(2 * Math.PI);
  });

/** What the metric says of the subject. */
async function measured(metric: MetricDefinition, subject: Subject, seed = 1): Promise<Measured> {
  const { shift, conditional, spoilt = false } = subject;
  const parts = { train: 1000, test: 600 };
  const context = conditional
    ? { train: conditions(parts.train, "train"), test: conditions(parts.test, "test") }
    : undefined;
  return computeMetrics(
    [metric],
    {
      columns: ["x1", "x2"],
      train: moved(normals(parts.train, "training rows"), context?.train),
      test: moved(normals(parts.test, "test rows"), context?.test),
      ...(context && { context }),
      sample: (count, rng, given) => {
        const standard = { count, shape: [DIM], values: rng.normals(count * DIM) };
        const rows = moved(standard, given, shift);
        if (spoilt) rows.values[0] = NaN;
        return Promise.resolve({ rows });
      },
      logProb: ({ count, values }, given) =>
        Promise.resolve(
          new Float64Array(count).map((_, i) =>
            Array.from({ length: DIM }, (__, j) => {
              if (spoilt && i === 0) return NaN;
              const e = (values[i * DIM + j] ?? NaN) - shift - (given?.values[i] ?? 0);
              return -0.5 * e * e - 0.5 * Math.log(2 * Math.PI);
            }).reduce((sum, term) => sum + term, 0),
          ),
        ),
      ...(!conditional && { logDensity: standardNormal }),
      provenance: { kind: "exact" },
      engine: FLOAT64,
    },
    SETTINGS,
    createRng(seed),
  );
}

/** What every metric must satisfy, tried on Gaussian models of Gaussian rows, conditional ones where it needs them. */
export function metricContract(metric: MetricDefinition): readonly Check[] {
  const { name } = metric;
  const conditional = metric.needs === "condition";
  const perfect = { shift: 0, conditional };
  const wrong = { shift: 1, conditional };
  const main = ({ metrics }: Measured) => {
    const own = metrics[name];
    expect(own !== undefined, `no number is named "${name}"; got ${Object.keys(metrics).join()}.`);
    return own;
  };
  return [
    check(`${name}: gives a finite number of its own name for a perfect model`, async () => {
      const own = main(await measured(metric, perfect));
      expect(
        own.value !== null && Number.isFinite(own.value),
        `the value is ${own.value ?? own.flag ?? "null"}.`,
      );
      expect(
        own.stderr === null || (Number.isFinite(own.stderr) && own.stderr >= 0),
        `stderr: expected null or a number of at least 0, got ${own.stderr ?? "null"}.`,
      );
      expect(Number.isInteger(own.n) && own.n > 0, `n: expected a number of rows, got ${own.n}.`);
      expect(own.nonfinite === 0, `nonfinite: expected 0, got ${own.nonfinite}.`);
    }),
    check(`${name}: the same seed gives the same numbers`, async () => {
      const [one, again] = [await measured(metric, wrong), await measured(metric, wrong)];
      for (const [key, { value }] of Object.entries(one.metrics))
        expectClose(key, [again.metrics[key]?.value ?? NaN], [value ?? NaN], 0);
    }),
    check(`${name}: tells a wrong model from the right one`, async () => {
      const [right, other] = [
        main(await measured(metric, perfect)),
        main(await measured(metric, wrong)),
      ];
      const difference = Math.abs((other.value ?? Infinity) - (right.value ?? 0));
      const deviation = Math.hypot(right.stderr ?? 0, other.stderr ?? 0);
      expect(
        difference > 3 * deviation && difference > 0,
        `a model that is off by one standard deviation gets ${other.value ?? "null"}, the right one ${right.value ?? "null"}, ` +
          `which are not 3 standard errors (${deviation}) apart.`,
      );
    }),
    check(`${name}: a draw or a log p that is not finite is counted, not passed over`, async () => {
      const own = main(await measured(metric, { ...perfect, spoilt: true }));
      expect(
        own.nonfinite > 0 || own.value === null,
        `one draw and one log p are NaN, but nonfinite is 0 and the value ${own.value ?? "null"}; a metric leaves no value then.`,
      );
    }),
  ];
}
