import { tf, type Tensor, type Tensors } from "../../src/engine/index.ts";
import type { Pair } from "../../src/freeform/pair.ts";
import { createRng } from "../../src/math/rng.ts";

/** Dimensions of the pairs. */
export const DIM = 4;
const HALF = DIM / 2;

/** A pair whose decoder is exactly the encoder's inverse, with the encoder's log-determinant in closed form. */
export interface ExactPair {
  /** Shapes of the parameters of each of the two maps. */
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  /** Start values, moderate ones. */
  readonly values: Readonly<Record<string, Float64Array>>;
  /** The maps, each with parameters of its own. */
  pair(encoder: Tensors, decoder: Tensors): Pair;
  /** log|det f′(x)| of rows [N, D], on the tape. */
  logDet(encoder: Tensors, x: Tensor): Tensor;
}

const valuesOf = (
  parameters: Readonly<Record<string, readonly number[]>>,
): Record<string, Float64Array> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, shape]) => [
      name,
      createRng(name)
        .normals(shape.reduce((n, d) => n * d, 1))
        .map((v) => 0.4 * v),
    ]),
  );

const get = (tensors: Tensors, name: string): Tensor => tensors[name] as Tensor;

/** x2′ = x2 · exp(tanh(x1 S)) + sin(x1 T), the other half kept; `part` names its parameters. */
const coupling = (part: string) => ({
  scale: (p: Tensors, a: Tensor): Tensor => tf.tanh(tf.matMul(a, get(p, `${part}S`))),
  shift: (p: Tensors, a: Tensor): Tensor => tf.sin(tf.matMul(a, get(p, `${part}T`))),
});
const halves = (x: Tensor): [Tensor, Tensor] => tf.split(x, 2, 1) as [Tensor, Tensor];

const one = coupling("one");
const two = coupling("two");

/** Two couplings of the two halves in turn, so that the Jacobian is not triangular. */
export const couplings: ExactPair = (() => {
  const square = [HALF, HALF];
  const parameters = { oneS: square, oneT: square, twoS: square, twoT: square };
  const forward = (p: Tensors, x: Tensor): { z: Tensor; logDet: Tensor } => {
    const [a, b] = halves(x);
    const scale = one.scale(p, a);
    const changed = tf.add(tf.mul(b, tf.exp(scale)), one.shift(p, a));
    const second = two.scale(p, changed);
    const rest = tf.add(tf.mul(a, tf.exp(second)), two.shift(p, changed));
    return {
      z: tf.concat([rest, changed], 1),
      logDet: tf.add(tf.sum(scale, 1), tf.sum(second, 1)),
    };
  };
  const back = (p: Tensors, z: Tensor): Tensor => {
    const [rest, changed] = halves(z);
    const a = tf.mul(tf.sub(rest, two.shift(p, changed)), tf.exp(tf.neg(two.scale(p, changed))));
    const b = tf.mul(tf.sub(changed, one.shift(p, a)), tf.exp(tf.neg(one.scale(p, a))));
    return tf.concat([a, b], 1);
  };
  return {
    parameters,
    values: valuesOf(parameters),
    pair: (encoder, decoder) => ({
      encode: (x) => forward(encoder, x).z,
      decode: (z) => back(decoder, z),
    }),
    logDet: (encoder, x) => forward(encoder, x).logDet,
  };
})();
