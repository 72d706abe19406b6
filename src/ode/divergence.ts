import { tf, type Shape, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import type { Velocity } from "./velocity.ts";

/** Columns up to which each has a reverse pass of its own; above, the batch is repeated, so that the graph stays small. */
const MOST_PASSES = 16;

/**
 * How the divergence is found: exactly, or by Hutchinson's estimate with K probes ε, E[ε εᵀ] = I, which are the same all along
 * a path, so that the dynamics stay smooth.
 */
export type Trace =
  | { readonly kind: "exact" }
  | {
      readonly kind: "hutchinson";
      /** [N, K, D], or [1, K, D] for the same probes in every row. */
      readonly probes: Tensor;
    };

/** Where a velocity is taken: t [N, 1], x [N, D]. */
export interface Point {
  readonly t: Tensor;
  readonly x: Tensor;
  readonly call: Call;
}

export interface Diverging {
  /** v(t, x), [N, D]. */
  readonly velocity: Tensor;
  /** ∇·v = tr ∂v/∂x, or its estimate, [N, 1]. */
  readonly divergence: Tensor;
  /** ‖∂v/∂x‖² (Frobenius), or its estimate, [N, 1]; made when asked for, and free but for a sum. */
  squaredJacobian(): Tensor;
}

/**
 * A velocity with its divergence. Exactly it takes D reverse passes, eᵢᵀ ∂v/∂x with its entry i, which share one forward
 * pass when compiled; by Hutchinson (1990; Grathwohl et al. 2019, arXiv:1810.01367) K of them,
 *
 *     ∇·v ≈ (1/K) Σ_k ε_kᵀ (∂v/∂x) ε_k        ‖∂v/∂x‖² ≈ (1/K) Σ_k ‖ε_kᵀ ∂v/∂x‖²
 *
 * (the second as in RNODE, Finlay et al. 2020, arXiv:2002.02798). Recordable and differentiable. The forward mode (`jvp`)
 * compiles to as many nodes and takes as long.
 */
export function divergence(velocity: Velocity, at: Point, trace: Trace): Diverging {
  if (trace.kind === "hutchinson") return estimated(velocity, at, trace.probes);
  return (at.x.shape[1] ?? 1) > MOST_PASSES ? byRepetition(velocity, at) : byPasses(velocity, at);
}

/** v(t, ·) as a function of the rows alone. */
const of =
  (velocity: Velocity, { t, call }: Point) =>
  (x: Tensor): Tensor =>
    velocity(t, x, call);

/** Σⱼ of the columns, [N, D] → [N, 1]. */
const overColumns = (x: Tensor): Tensor => tf.sum(x, 1, true);

const sumOf = (terms: readonly Tensor[]): Tensor =>
  terms.length === 1 ? (terms[0] as Tensor) : tf.addN([...terms]);

function byPasses(velocity: Velocity, at: Point): Diverging {
  const { x } = at;
  const [rows = 1, dim = 1] = x.shape;
  const f = of(velocity, at);
  const products = Array.from({ length: dim }, (_, i) => tf.grad(f)(x, unitRows(rows, dim, i)));
  return {
    velocity: f(x),
    divergence: sumOf(products.map((product, i) => tf.slice(product, [0, i], [rows, 1]))),
    squaredJacobian: () => sumOf(products.map((product) => overColumns(tf.square(product)))),
  };
}

/** What an exact divergence of one row of D entries works on at once: its copies [D, D]. Undefined where it makes none. */
export const copiesOf = (dim: number): Shape | undefined =>
  dim > MOST_PASSES ? [dim, dim] : undefined;

/** The unit vector e_i in every row. */
const unitRows = (rows: number, dim: number, i: number): Tensor =>
  tf.tile(
    tf.tensor2d(
      Array.from({ length: dim }, (_, j) => +(i === j)),
      [1, dim],
    ),
    [rows, 1],
  );

function byRepetition(velocity: Velocity, { t, x, call }: Point): Diverging {
  const [rows = 1, dim = 1] = x.shape;
  const repeat = (tensor: Tensor): Tensor => tf.tile(tensor, [dim, 1]);
  const at: Point = {
    t: repeat(t),
    x: repeat(x),
    call: call.context ? { ...call, context: repeat(call.context) } : call,
  };
  // e_1 in the first N rows, then e_2, …
  const units = tf.reshape(tf.tile(tf.expandDims(tf.eye(dim), 1), [1, rows, 1]), [dim * rows, dim]);
  const products = tf.grad(of(velocity, at))(at.x, units);
  const overUnits = (each: Tensor): Tensor =>
    tf.reshape(tf.sum(tf.reshape(each, [dim, rows]), 0), [rows, 1]);
  return {
    velocity: velocity(t, x, call),
    divergence: overUnits(overColumns(tf.mul(products, units))),
    squaredJacobian: () => overUnits(overColumns(tf.square(products))),
  };
}

function estimated(velocity: Velocity, at: Point, probes: Tensor): Diverging {
  const { x } = at;
  const [rows = 1, dim = 1] = x.shape;
  const [given = 1, draws = 1] = probes.shape;
  if (probes.shape.length !== 3 || (given !== rows && given !== 1) || probes.shape[2] !== dim)
    throw new Error(
      `divergence: expected probes of shape [${rows}, K, ${dim}] or [1, K, ${dim}], got [${probes.shape.join(", ")}].`,
    );
  const f = of(velocity, at);
  const passes = Array.from({ length: draws }, (_, k) => {
    const own = tf.reshape(tf.slice(probes, [0, k, 0], [given, 1, dim]), [given, dim]);
    const probe = given === rows ? own : tf.tile(own, [rows, 1]);
    return { probe, product: tf.grad(f)(x, probe) };
  });
  const mean = (terms: readonly Tensor[]): Tensor =>
    draws === 1 ? sumOf(terms) : tf.div(sumOf(terms), draws);
  return {
    velocity: f(x),
    divergence: mean(passes.map(({ probe, product }) => overColumns(tf.mul(product, probe)))),
    squaredJacobian: () => mean(passes.map(({ product }) => overColumns(tf.square(product)))),
  };
}
