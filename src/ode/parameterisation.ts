import { real } from "../distributions/real.ts";
import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import type { Path } from "./sde/path.ts";
import type { Velocity } from "./velocity.ts";

/** What a network's output means for its rows x = ā x₀ + s̄ n. */
interface Meaning {
  /** n̂, what the output says of the noise n. */
  noise(output: Tensor, x: Tensor, signal: Tensor, noise: Tensor): Tensor;
  /** n̂ − s̄ x, by which the row moves per unit of η, over s̄; written without cancellation. */
  drive(output: Tensor, x: Tensor, signal: Tensor, noise: Tensor): Tensor;
}

/**
 * - epsilon: the noise n itself (Ho et al. 2020, arXiv:2006.11239);
 * - score: ∇ log p of the rows x, which is −E[n | x]/s̄ (Song et al. 2021), so n̂ = −s̄ · output;
 * - v: ā n − s̄ x₀ (Salimans & Ho 2022, arXiv:2202.00512), so n̂ = ā · output + s̄ x. At zero output it is exact for
 *   standard normal data.
 *
 * None divides by a deviation, which is as small as 10⁻⁶ next to the data.
 */
export const parameterisations = {
  epsilon: {
    noise: (output) => output,
    drive: (output, x, _signal, noise) => tf.sub(output, tf.mul(noise, x)),
  },
  score: {
    noise: (output, _x, _signal, noise) => tf.neg(tf.mul(noise, output)),
    drive: (output, x, _signal, noise) => tf.neg(tf.mul(noise, tf.add(output, x))),
  },
  v: {
    noise: (output, x, signal, noise) => tf.add(tf.mul(signal, output), tf.mul(noise, x)),
    drive: (output, _x, signal) => tf.mul(signal, output),
  },
} as const satisfies Readonly<Record<string, Meaning>>;

export type Parameterisation = keyof typeof parameterisations;

/** A network and what its output means. */
export interface Denoiser {
  readonly path: Path;
  /** Network of the clock [N, 1] and the rows x/c [N, D]; its output is as the parameterisation says. */
  readonly network: Velocity;
  readonly parameterisation: Parameterisation;
}

/** n̂ [N, D] for rows x/c [N, D] at clocks [N, 1], where ā and s̄ are known already or not. Recordable. */
export function predictedNoise(
  { path, network, parameterisation }: Denoiser,
  clock: Tensor,
  x: Tensor,
  call: Call,
  { signal, noise } = path.signal(clock),
): Tensor {
  return parameterisations[parameterisation].noise(network(clock, x, call), x, signal, noise);
}

/**
 * The probability-flow ODE (Song et al. 2021), dx/dt = a x − ½ g² ∇ log p_t, by the clock and of the rows y = x c_ε/c,
 * which are the data themselves at t = ε:
 *
 *     dy/dclock = length · s̄ (c_ε n̂ − s̄ y)
 */
export function probabilityFlow({ path, network, parameterisation }: Denoiser): Velocity {
  const spread = path.spread(path.epsilon);
  return (clock, y, call) => {
    const { signal, noise } = path.signal(clock);
    const x = tf.div(y, real(spread));
    const { drive } = parameterisations[parameterisation];
    const moved = drive(network(clock, x, call), x, signal, noise);
    return tf.mul(tf.mul(noise, real(path.length * spread)), moved);
  };
}
