import type { Conclusion } from "../model.ts";
import { solverOf, type IntegrationOptions } from "./integration-options.ts";
import { endsInLastStage } from "./runge-kutta-step.ts";

/** Whose rows were integrated, and from when to when. */
export interface Integrated {
  /** Of the family. */
  readonly name: string;
  readonly times: { readonly data: number; readonly noise: number };
  readonly options: IntegrationOptions;
}

/**
 * What the numbers of all rows of an integration say: function evaluations, and whether every row got to the end.
 *
 * @param rows `evaluations`, `reached` (a time), and `finished`, 1 where log p is finite, else 0
 */
export function concludeIntegration(
  integrated: Integrated,
  rows: Readonly<Record<string, Float64Array>>,
): Conclusion {
  const none = new Float64Array(0);
  const { evaluations = none, reached = none, finished = none } = rows;
  const total = evaluations.reduce((sum, value) => sum + value, 0);
  const lost = [...finished.keys()]
    .filter((row) => finished[row] !== 1)
    .map((row) => ({ reached: reached[row] ?? NaN, evaluations: evaluations[row] ?? NaN }));
  return {
    details: {
      nfe: {
        mean: total / Math.max(1, evaluations.length),
        max: evaluations.reduce((most, value) => Math.max(most, value), 0),
      },
    },
    metrics: { nfe: { values: evaluations, unit: "evaluations" } },
    ...(lost.length > 0 && { failure: failureOf(integrated, lost, finished.length) }),
  };
}

interface Lost {
  readonly reached: number;
  readonly evaluations: number;
}

/** Why rows have no log p, from that which got least far. */
function failureOf(
  { name, times, options }: Integrated,
  lost: readonly Lost[],
  count: number,
): string {
  const { data, noise } = times;
  const left = (row: Lost): number => Math.abs(noise - row.reached);
  const first = lost.reduce((a, b) => (left(b) > left(a) ? b : a));
  const rows = `${name}: ${lost.length} of ${count} rows have no finite log p`;
  const where = `t = ${Number(first.reached.toPrecision(4))} on the way from ${data} to ${noise}`;
  const solver = solverOf(options);
  if ("steps" in solver)
    return (
      `${rows}: the velocity blows up along their paths with ${options.solver} in ${solver.steps} steps; ` +
      "raise family.solverSteps, or train with training.clip or a lower learning rate."
    );
  if (left(first) <= 1e-6 * Math.abs(noise - data))
    return (
      `${rows}, though they reached t = ${noise}: they are too far out there for the precision; look for outliers among ` +
      "the rows, compute with evaluation.precision=float64, or train with training.clip or a lower learning rate."
    );
  // A step costs as many evaluations as the method has stages, one less where its last one serves the next step.
  const perStep = solver.tableau.nodes.length - (endsInLastStage(solver.tableau) ? 1 : 0);
  const used = first.evaluations >= solver.maxSteps * perStep;
  const spent = `${first.evaluations} evaluations`;
  return used
    ? `${rows}: the budget of ${solver.maxSteps} steps (${spent}) ended at ${where}; ` +
        "raise family.maxSteps, or family.rtol and family.atol, or train with training.clip or a lower learning rate."
    : `${rows}: no step is small enough after ${where} (${spent}), where the velocity blows up or the tolerances are below ` +
        "round-off; train with training.clip or a lower learning rate, raise family.rtol and family.atol, or compute " +
        "with evaluation.precision=float64.";
}
