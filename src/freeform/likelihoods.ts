import type { Base } from "../distributions/base.ts";
import { tf, type Shape, type Tensor } from "../engine/index.ts";
import type { LikelihoodCall, LogProb, Measured } from "../model.ts";
import type { Pair } from "./pair.ts";
import type { Volume } from "./volume.ts";

export interface LikelihoodParts {
  readonly pair: Pair;
  readonly base: Base;
  /** Shape of one row. */
  readonly shape: Shape;
  readonly volume: Volume;
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
 * error of the reconstruction.
 */
export function jacobianLikelihoods(parts: LikelihoodParts): readonly LogProb[] {
  const { pair, base, shape, volume, reconstructionBound } = parts;
  const { noise, precision, heaviest } = volume;
  const dim = shape.reduce((product, d) => product * d, 1);
  const flat = (x: Tensor): Tensor => tf.reshape(x, [-1, dim]);
  const decoded = (x: Tensor, call: LikelihoodCall): Measured => {
    const z = pair.encode(flat(x), call);
    const { logDet, rows } = volume.of((points) => pair.decode(points, call), z, call);
    const missed = tf.sum(tf.square(tf.sub(flat(x), pair.decode(z, call))), 1);
    return {
      logProb: tf.sub(base.logProb(z), logDet),
      rows: { ...rows, reconstruction: missed },
    };
  };
  const encoded = (x: Tensor, call: LikelihoodCall): Measured => {
    const z = pair.encode(flat(x), call);
    const { logDet, rows } = volume.of((points) => pair.encode(points, call), flat(x), call);
    return { logProb: tf.add(base.logProb(z), logDet), rows };
  };
  const shared = {
    ...(noise && { noise }),
    ...(precision && { precision }),
    ...(heaviest && { heaviest }),
  };
  return [
    {
      ...shared,
      name: "",
      provenance: { kind: "decoder-jacobian" },
      value: (x, call) => decoded(x, call).logProb,
      measure: decoded,
      conclude: ({ reconstruction = new Float64Array(0), ...rows }) => ({
        metrics: { reconstruction: { values: reconstruction, unit: "squared units" } },
        details: {
          ...volume.details(rows),
          reconstructionBound,
          aboveBound: shareAbove(reconstruction, reconstructionBound),
        },
      }),
    },
    {
      ...shared,
      name: "encoder",
      provenance: { kind: "encoder-jacobian" },
      value: (x, call) => encoded(x, call).logProb,
      measure: encoded,
      conclude: (rows) => ({ details: volume.details(rows) }),
    },
  ];
}

/** The share of numbers above a bound, those that are not numbers among them. */
const shareAbove = (values: Float64Array, bound: number): number =>
  values.filter((value) => !(value <= bound)).length / Math.max(1, values.length);
