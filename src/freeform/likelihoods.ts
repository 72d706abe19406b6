import type { Base } from "../distributions/base.ts";
import { logAbsDet, loopedJacobian, tf, type Shape, type Tensor } from "../engine/index.ts";
import type { Call, LogProb, Measured } from "../model.ts";
import type { Pair } from "./pair.ts";

/** log|det| of the Jacobian of f at each row, x [N, D] → [N]. No gradient. */
export const logVolume = (f: (points: Tensor) => Tensor, x: Tensor): Tensor =>
  logAbsDet(loopedJacobian(f, x));

export interface LikelihoodParts {
  readonly pair: Pair;
  readonly base: Base;
  /** Shape of one row. */
  readonly shape: Shape;
  /** Rows whose ‖x − g(f(x))‖² is above it are counted. */
  readonly reconstructionBound: number;
}

/**
 * The two numbers that a free-form flow has for log p(x), with z = f(x):
 *
 *     decoder   log q(z) − log|det g′(z)|, the density of the samples at g(z)
 *     encoder   log q(z) + log|det f′(x)|
 *
 * Where g is f's inverse they are the same, and the log-density at x. Elsewhere neither is: the first is the density of
 * another point, g(f(x)), and may count points twice; the second need not integrate to one. So the first comes with the
 * error of the reconstruction. Both from the full Jacobian in float64.
 */
export function jacobianLikelihoods(parts: LikelihoodParts): readonly LogProb[] {
  const { pair, base, shape, reconstructionBound } = parts;
  const dim = shape.reduce((product, d) => product * d, 1);
  const flat = (x: Tensor): Tensor => tf.reshape(x, [-1, dim]);
  const shared = { precision: "float64", heaviest: [dim, dim] } as const;
  const measure = (x: Tensor, call: Call): Measured => {
    const z = pair.encode(flat(x), call);
    const volume = logVolume((points) => pair.decode(points, call), z);
    const missed = tf.sum(tf.square(tf.sub(flat(x), pair.decode(z, call))), 1);
    return {
      logProb: tf.sub(base.logProb(z), volume),
      rows: { reconstruction: missed },
    };
  };
  return [
    {
      name: "",
      provenance: { kind: "decoder-jacobian" },
      ...shared,
      value: (x, call) => measure(x, call).logProb,
      measure,
      conclude: ({ reconstruction = new Float64Array(0) }) => ({
        metrics: { reconstruction: { values: reconstruction, unit: "squared units" } },
        details: {
          ...{ logDet: "exact", precision: "float64", reconstructionBound },
          aboveBound: shareAbove(reconstruction, reconstructionBound),
        },
      }),
    },
    {
      name: "encoder",
      provenance: { kind: "encoder-jacobian" },
      ...shared,
      value(x, call) {
        const z = pair.encode(flat(x), call);
        const volume = logVolume((points) => pair.encode(points, call), flat(x));
        return tf.add(base.logProb(z), volume);
      },
      conclude: () => ({ details: { logDet: "exact", precision: "float64" } }),
    },
  ];
}

/** The share of numbers above a bound, those that are not numbers among them. */
const shareAbove = (values: Float64Array, bound: number): number =>
  values.filter((value) => !(value <= bound)).length / Math.max(1, values.length);
