import { jvp, tf, whileLoop, type Tensor } from "../engine/index.ts";

/** log|det J| of each row by random directions, [N] each. */
export interface Estimate {
  readonly logDet: Tensor;
  /** Variance of `logDet` over draws of the directions, as its own directions tell it. */
  readonly variance: Tensor;
  /** What the second half of the Lanczos steps changed: an upper estimate of what more of them would. */
  readonly change: Tensor;
}

/** A direction that is shorter than this beside the one before it is round-off: the Krylov space has ended. */
const NOTHING = 1e-6;
/** The integral's step and half its range, in ln s. */
const STEP = 0.75;
const RANGE = 60;

/**
 * An estimate of log|det J| = ½ tr log JᵀJ, J the Jacobian of f at each row of x [N, D], by Hutchinson's trace and Lanczos
 * quadrature (Ubaru, Chen & Saad 2017, doi:10.1137/16M1104974): for a direction v of length √D
 *
 *     vᵀ log(JᵀJ) v ≈ D · e₁ᵀ log(BᵀB) e₁
 *
 * with the bidiagonal B (α on the diagonal, β beside it) of so many steps of Golub & Kahan from v, one product by J and one by
 * Jᵀ each. Unbiased over v up to the steps' error, which falls geometrically and is positive: Gauss quadrature of a
 * logarithm lies above it. Exact with D orthogonal directions and D steps. Off the tape only.
 *
 * @param directions v, [N, D, P], as orthonormal noise gives them
 */
export function lanczosLogDet(
  f: (points: Tensor) => Tensor,
  x: Tensor,
  directions: Tensor,
  steps: number,
): Estimate {
  const [rows = 0, dim = 0, count = 1] = directions.shape;
  const many = tf.tile(x, [count, 1]);
  const starts = tf.reshape(tf.transpose(directions, [2, 0, 1]), [count * rows, dim]);
  const { alpha, beta } = bidiagonalise(f, many, starts, Math.min(steps, dim));
  const perDirection = (upTo: number): Tensor =>
    tf.mul(tf.reshape(logEntry(alpha.slice(0, upTo), beta), [count, rows]), dim / 2);
  const each = perDirection(alpha.length);
  const logDet: Tensor = tf.mean(each, 0);
  const half: Tensor = tf.mean(perDirection(Math.ceil(alpha.length / 2)), 0);
  const spread: Tensor = tf.sum(tf.square(tf.sub(each, logDet)), 0);
  return {
    logDet,
    variance: tf.div(spread, Math.max(1, count - 1) * count),
    change: tf.sub(half, logDet),
  };
}

/** α and β of each row, [N, 1] each, with directions kept orthogonal to all before them. */
function bidiagonalise(
  f: (points: Tensor) => Tensor,
  x: Tensor,
  start: Tensor,
  steps: number,
): { alpha: readonly Tensor[]; beta: readonly Tensor[] } {
  const [rows = 0, dim = 0] = x.shape;
  const place = (all: Tensor, one: Tensor, at: Tensor): Tensor =>
    tf.where(
      tf.reshape(tf.equal(tf.range(0, steps), at), [1, steps, 1]),
      tf.expandDims(one, 1),
      all,
    );
  const { sizes, links } = whileLoop(
    ({ step }) => tf.less(step, steps),
    ({ step, right, rights, lefts, sizes: before, links: linksBefore }) => {
      const vs = place(rights, right, step);
      const [left, size] = normalised(orthogonal(jvp(f, x, right), lefts), tf.scalar(0));
      const us = place(lefts, left, step);
      const [next, link] = normalised(orthogonal(tf.grad(f)(x, left), vs), size);
      return {
        ...{ right: next, rights: vs, lefts: us },
        sizes: place(before, size, step),
        links: place(linksBefore, link, step),
        step: tf.add(step, 1),
      };
    },
    {
      right: tf.div(start, Math.sqrt(dim)),
      rights: tf.zeros([rows, steps, dim]),
      lefts: tf.zeros([rows, steps, dim]),
      sizes: tf.zeros([rows, steps, 1]),
      links: tf.zeros([rows, steps, 1]),
      step: tf.scalar(0),
    },
  );
  const column = (all: Tensor): Tensor[] =>
    tf.split(all, steps, 1).map((one): Tensor => tf.reshape(one, [rows, 1]));
  return { alpha: column(sizes), beta: column(links) };
}

/** v [N, D] less its parts along unit directions [N, m, D], those of zeros left alone; twice, against round-off. */
function orthogonal(v: Tensor, directions: Tensor): Tensor {
  let rest = tf.expandDims(v, 1);
  for (let round = 0; round < 2; round++)
    rest = tf.sub(rest, tf.matMul(tf.matMul(rest, directions, false, true), directions));
  return tf.reshape(rest, [...v.shape]);
}

/** v of length one, and its length [N, 1]; zeros where it is nothing beside `scale`. */
function normalised(v: Tensor, scale: Tensor): [unit: Tensor, length: Tensor] {
  const length: Tensor = tf.sqrt(tf.sum(tf.square(v), 1, true));
  const something = tf.greater(length, tf.mul(scale, NOTHING));
  const safe = tf.where(something, length, tf.onesLike(length));
  const there = tf.cast(something, "float32");
  return [tf.mul(tf.div(v, safe), there), tf.mul(length, there)];
}

/**
 * e₁ᵀ log(BᵀB) e₁ of each row, [N]. With R(s) = e₁ᵀ (BᵀB + s)⁻¹ e₁ and θ = α₁²,
 *
 *     e₁ᵀ log(BᵀB) e₁ = ln θ + ∫ [1/(1 + e^−w) − s R(s)] dw,   s = θ e^w
 *
 * by the trapezoidal rule, whose error is e^(−2π²/STEP) for an integrand that is analytic in the strip |Im w| < π. R(s) = 1/e₁
 * by a continued fraction of sums and quotients of positive numbers only: e_k = s + α_k² e_{k+1} / (β_k² + e_{k+1}).
 */
function logEntry(alpha: readonly Tensor[], beta: readonly Tensor[]): Tensor {
  const [first] = alpha as readonly [Tensor];
  const nodes = Array.from({ length: (2 * RANGE) / STEP + 1 }, (_, i) => i * STEP - RANGE);
  const w = tf.tensor2d(nodes, [1, nodes.length], "float32");
  const theta = tf.square(first);
  const s = tf.mul(theta, tf.exp(w));
  const e = alpha.reduceRight<Tensor | undefined>((behind, a, k) => {
    const square = tf.square(a);
    if (!behind) return tf.add(s, square);
    const link = tf.square(beta[k] as Tensor);
    return tf.add(s, tf.mul(square, tf.div(behind, tf.add(link, behind))));
  }, undefined);
  const integrand = tf.sub(tf.sigmoid(w), tf.div(s, e as Tensor));
  const integral = tf.mul(tf.sum(integrand, 1), STEP);
  return tf.add(tf.reshape(tf.log(theta), [-1]), integral);
}
