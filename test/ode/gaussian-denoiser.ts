import { realTensor } from "../../src/distributions/real.ts";
import { tf, type Tensor } from "../../src/engine/index.ts";
import type { Parameterisation } from "../../src/ode/parameterisation.ts";
import type { Path } from "../../src/ode/sde/path.ts";
import type { Velocity } from "../../src/ode/velocity.ts";

/** Data from N(m, Σ) in the plane, Σ = R diag(λ) Rᵀ. */
export const MEAN = [0.8, -1.1] as const;
export const EIGENVALUES = [1.7, 0.35] as const;
const [COSINE, SINE] = [Math.cos(0.6), Math.sin(0.6)];
/** R, row-major. */
export const ROTATION = [COSINE, -SINE, SINE, COSINE] as const;

/** R diag(values) Rᵀ, row-major. */
export const inEigenbasis = (values: readonly number[]): [number, number, number, number] => {
  const [a = 0, b = 0] = values;
  const mixed = COSINE * SINE * (a - b);
  return [a * COSINE ** 2 + b * SINE ** 2, mixed, mixed, a * SINE ** 2 + b * COSINE ** 2];
};
export const COVARIANCE = inEigenbasis(EIGENVALUES);

/**
 * What a network would say that knows the data: by Bayes' rule for x = ā x₀ + s̄ n, with C = ā² Σ + s̄² I,
 * E[n | x] = s̄ C⁻¹ (x − ā m), E[x₀ | x] = m + ā Σ C⁻¹ (x − ā m), and the score is −C⁻¹ (x − ā m).
 */
export function gaussianNetwork(path: Path, parameterisation: Parameterisation): Velocity {
  return (clock, x) => {
    const { signal, noise } = path.signal(clock);
    const mean = realTensor(MEAN, [1, 2]);
    const basis = realTensor(ROTATION, [2, 2]);
    const lambda = realTensor(EIGENVALUES, [1, 2]);
    const spectrum = tf.add(tf.mul(tf.square(signal), lambda), tf.square(noise));
    const centred = tf.matMul(tf.sub(x, tf.mul(signal, mean)), basis);
    const back = (rows: Tensor): Tensor => tf.matMul(rows, basis, false, true);
    const whitened = tf.div(centred, spectrum);
    if (parameterisation === "score") return tf.neg(back(whitened));
    const predictedNoise = tf.mul(noise, back(whitened));
    if (parameterisation === "epsilon") return predictedNoise;
    const data = tf.add(mean, tf.mul(signal, back(tf.mul(whitened, lambda))));
    return tf.sub(tf.mul(signal, predictedNoise), tf.mul(noise, data));
  };
}
