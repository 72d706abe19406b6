import { pullBack, tf, type Tensor } from "../engine/index.ts";
import { differentiated } from "./differentiated.ts";
import type { Transformer } from "./transformer.ts";

/**
 * A spline in its own layout, rows last: entries [1, d, 1, N]. Parameters come as one tensor [count, d, K, N] for each
 * run of `count` equal blocks of K columns.
 */
export interface Spline {
  readonly blocks: readonly number[];
  /** The map and ln of its slope. */
  forward(x: Tensor, parameters: readonly Tensor[]): { y: Tensor; logSlope: Tensor };
  /** The inverse's value x and ln of *its* slope. No gradient is taken through it. */
  solve(y: Tensor, parameters: readonly Tensor[]): { y: Tensor; logSlope: Tensor };
}

/** Splines as transformers. The inverse is differentiated by the forward map's gradient. */
export function splineTransformer(spline: Spline): Transformer {
  const { blocks } = spline;
  const inLayout =
    (
      f: (x: Tensor, parameters: readonly Tensor[]) => { y: Tensor; logSlope: Tensor },
    ): ((x: Tensor, raw: Tensor) => { y: Tensor; logSlope: Tensor }) =>
    (x, raw) => {
      const [rows = 1, d = 1] = x.shape;
      const rowsLast = tf.reshape(tf.transpose(x), [1, d, 1, rows]);
      const { y, logSlope } = f(rowsLast, parametersOf(raw, blocks, d));
      const back = (tensor: Tensor): Tensor => tf.transpose(tf.reshape(tensor, [d, rows]));
      return { y: back(y), logSlope: back(logSlope) };
    };
  const backwards = inLayout((y, parameters) => invert(spline, y, parameters));
  return {
    blocks,
    forward: inLayout((x, parameters) => spline.forward(x, parameters)),
    inverse(y, raw) {
      const { y: x, logSlope } = backwards(y, raw);
      return { x, logSlope };
    },
  };
}

/** raw [N, d · Σ blocks] → [count, d, K, N] for each run of equal blocks. */
function parametersOf(raw: Tensor, blocks: readonly number[], d: number): Tensor[] {
  const [rows = 1] = raw.shape;
  const runs: { size: number; count: number }[] = [];
  for (const size of blocks) {
    const last = runs.at(-1);
    if (last?.size === size) last.count++;
    else runs.push({ size, count: 1 });
  }
  const rowsLast = tf.transpose(raw);
  const parts =
    runs.length === 1
      ? [rowsLast]
      : tf.split(
          rowsLast,
          runs.map(({ size, count }) => count * d * size),
          0,
        );
  return runs.map(({ size, count }, i) => tf.reshape(parts[i] as Tensor, [count, d, size, rows]));
}

/**
 * x = f⁻¹(y; θ) with ℓ′ = −ln f′(x; θ). Differentiating y = f(x; θ): for a loss with gradients gx and gℓ′ towards x and ℓ′,
 *
 *     dy = (gx − gℓ′ · ∂ln f′/∂x) / f′,   dθ = −dy · ∂f/∂θ − gℓ′ · ∂ln f′/∂θ,
 *
 * two products with f's own gradient. No root or comparison of the solution is differentiated.
 */
function invert(
  spline: Spline,
  y: Tensor,
  parameters: readonly Tensor[],
): { y: Tensor; logSlope: Tensor } {
  return differentiated(
    [y, ...parameters],
    ([at, ...rest]) => spline.solve(at as Tensor, rest),
    ([at, ...rest], gx, gl) => {
      const { y: x, logSlope } = invert(spline, at as Tensor, rest);
      const pull = (dy: Tensor, dl: Tensor): Tensor[] =>
        pullBack(
          (...inputs) => {
            const { y: value, logSlope: l } = spline.forward(inputs[0] as Tensor, inputs.slice(1));
            return tf.concat([value, l], 0);
          },
          [x, ...rest],
          tf.concat([dy, dl], 0),
        );
      const towardsSlope = tf.neg(gl);
      const [throughSlope] = pull(tf.zerosLike(gl), towardsSlope) as [Tensor];
      const dy = tf.mul(tf.add(gx, throughSlope), tf.exp(logSlope));
      return [dy, ...pull(tf.neg(dy), towardsSlope).slice(1)];
    },
  );
}
