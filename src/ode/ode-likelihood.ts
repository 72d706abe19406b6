import type { Base } from "../distributions/base.ts";
import { offTape, tf, type Tensor } from "../engine/index.ts";
import type { LikelihoodCall, LogProb, Measured, RowNoise } from "../model.ts";
import { finer, solverDetails, solverOf, type IntegrationOptions } from "./integration-options.ts";
import { copiesOf } from "./divergence.ts";
import { concludeIntegration } from "./conclude-integration.ts";
import { transport, type Field } from "./transport.ts";

export interface LikelihoodParts {
  /** Of the family, for messages. */
  readonly name: string;
  readonly field: Field;
  readonly times: { readonly data: number; readonly noise: number };
  readonly base: Base;
  readonly options: IntegrationOptions;
  /** Columns of a flat row. */
  readonly dim: number;
  /** Goes into the provenance besides. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Rows of the test set that the check with finer steps is made for: fewer of large rows, whose networks take long. */
const rowsChecked = (dim: number): number => Math.min(500, Math.max(32, Math.floor(2 ** 14 / dim)));

/**
 * log p(x) = log q(z) + ∫ ∇·v dt, z the end of the path from x at the time of the data to the time of the noise. Where the
 * divergence is estimated, each row has probes of its own, the same all along its path: then log p is an unbiased
 * estimate. Its check takes a tenth of the tolerances, or twice the steps.
 */
export function odeLikelihood(parts: LikelihoodParts): LogProb {
  const { field, options, dim, details } = parts;
  const { solver, probe, probes: draws } = options;
  const estimated = field.probes !== undefined;
  const probes = probesOf(options, dim);
  const heaviest = estimated ? undefined : copiesOf(dim);
  const careful = finer(options);
  const measure = (x: Tensor, call: LikelihoodCall, given = options): Measured =>
    measured(parts, given, x, call);
  return {
    name: "",
    provenance: {
      kind: "ode",
      ...(estimated ? { trace: `hutchinson-${probe}`, draws } : { trace: "exact" }),
      solver,
      ...solverDetails(options),
      ...details,
    },
    ...(estimated && { noise: { probes } }),
    ...(heaviest && { heaviest }),
    value: (x, call) => measure(x, call).logProb,
    measure: (x, call) => measure(x, call),
    conclude: (rows) => concludeIntegration(parts, rows),
    check: {
      rows: rowsChecked(dim),
      details: solverDetails(careful),
      value: (x, call) => measure(x, call, careful).logProb,
    },
  };
}

/** Hutchinson's probes of each row. */
export const probesOf = ({ probes, probe }: IntegrationOptions, dim: number): RowNoise => ({
  shape: [probes, dim],
  kind: probe,
});

function measured(
  { name, field, times, base, dim }: LikelihoodParts,
  options: IntegrationOptions,
  x: Tensor,
  { noise, ...call }: LikelihoodCall,
): Measured {
  const probes = noise?.["probes"];
  if (field.probes && !probes)
    throw new Error(`${name}: log p needs its noise "probes"; feed what the likelihood asks for.`);
  const { x: z, ...path } = transport(field, tf.reshape(x, [-1, dim]), {
    interval: { from: times.data, to: times.noise },
    solver: solverOf(options),
    call,
    ...(probes && { probes }),
  });
  const logProb = tf.add(base.logProb(z), path.logDet);
  const finished = offTape(() => tf.cast(tf.isFinite(logProb), "float32"));
  return {
    logProb,
    rows: { evaluations: path.evaluations, reached: path.reached, finished },
  };
}
