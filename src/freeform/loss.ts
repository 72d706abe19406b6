import type { Base } from "../distributions/base.ts";
import { jvp, offTape, tf, type Tensor, type Tensors } from "../engine/index.ts";
import type { LossCall } from "../model.ts";
import type { Pair } from "./pair.ts";

export interface LossOptions {
  /** β, the weight of the reconstruction. */
  readonly beta: number;
  /** Steps over which β rises from 0, linearly; 0 for none. */
  readonly betaWarmup: number;
}

/**
 * The training loss of a free-form flow (Draxler et al. 2024, arXiv:2310.16624), mean over rows of
 *
 *     β ‖x − g(f(x))‖² − log q(f(x)) − (1/K) Σ_k v_kᵀ f′(x) · SG[g′(z) v_k],   z = f(x)
 *
 * SG stops the gradient. The last term is no log-determinant: its value is about D wherever g is f's inverse. Its gradient
 * is what counts, an estimate of that of log|det f′(x)|, because d log|det f′| = tr(f′⁻¹ d f′) and g′ stands for f′⁻¹. So
 * the decoder learns by the reconstruction alone, and the sum is exact in it for K = D orthogonal v_k of length √D.
 *
 * @param batch flat rows [B, D]
 * @param probes v, [B, D, K]
 */
export function freeFormLoss(
  pair: Pair,
  base: Base,
  { beta, betaWarmup }: LossOptions,
  { batch, probes, step, ...call }: Omit<LossCall, "noise"> & { readonly probes: Tensor },
): { loss: Tensor; scalars: Tensors } {
  const { z, surrogate } = volumeSurrogate(pair, batch, probes, call);
  const missed = tf.sum(tf.square(tf.sub(batch, pair.decode(z, call))), 1);
  const reconstruction: Tensor = tf.mean(missed);
  const volume: Tensor = tf.mean(surrogate);
  const weight =
    betaWarmup > 0 && call.mode === "train"
      ? tf.mul(tf.minimum(tf.div(tf.add(step, 1), betaWarmup), 1), beta)
      : beta;
  const fit = tf.mul(reconstruction, weight);
  const loss: Tensor = tf.sub(tf.sub(fit, tf.mean(base.logProb(z))), volume);
  return { loss, scalars: { reconstruction, surrogate: volume } };
}

/**
 * z = f(x) and the term in v, [B]: the encoder by reverse passes whose gradient is taken, the decoder by forward ones off
 * the tape. The first reverse pass shares its encoder with z.
 */
function volumeSurrogate(
  pair: Pair,
  x: Tensor,
  probes: Tensor,
  call: Pick<LossCall, "mode" | "context">,
): { z: Tensor; surrogate: Tensor } {
  const [rows = 0, dim = 0, count = 1] = probes.shape;
  const [first, ...others] = tf
    .split(probes, count, 2)
    .map((probe): Tensor => tf.reshape(probe, [rows, dim])) as [Tensor, ...Tensor[]];
  const encoded = (points: Tensor): Tensor => pair.encode(points, call);
  const { value: z, grad } = tf.valueAndGrad(encoded)(x, first);
  const term = (pulled: Tensor, probe: Tensor): Tensor => {
    const pushed = offTape(() => jvp((points) => pair.decode(points, call), z, probe));
    return tf.sum(tf.mul(pulled, pushed), 1);
  };
  const terms = [
    term(grad, first),
    ...others.map((probe) => term(tf.grad(encoded)(x, probe), probe)),
  ];
  return { z, surrogate: tf.div(tf.addN(terms), count) };
}
