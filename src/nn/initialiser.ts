import type { Rng } from "../math/rng.ts";
import type { Activation } from "./activation.ts";

/** Start values of a weight matrix [fanIn, fanOut], row-major. */
export type Initialiser = (fanIn: number, fanOut: number, rng: Rng) => Float64Array;

/** Uniform on ±√(3 · variance), which has that variance. */
const uniform =
  (variance: (fanIn: number, fanOut: number) => number): Initialiser =>
  (fanIn, fanOut, rng) => {
    const bound = Math.sqrt(3 * variance(fanIn, fanOut));
    return rng.uniforms(fanIn * fanOut).map((u) => bound * (2 * u - 1));
  };

export const initialisers = {
  /** Keeps the variance of activations and gradients: 2/(in + out). Glorot & Bengio (2010). */
  glorot: uniform((fanIn, fanOut) => 2 / (fanIn + fanOut)),
  /** For rectifiers, which halve the second moment: 2/in. He et al. (2015), arXiv:1502.01852. */
  he: uniform((fanIn) => 2 / fanIn),
  /** Keeps the variance of activations: 1/in. LeCun et al. (1998). */
  lecun: uniform((fanIn) => 1 / fanIn),
  zeros: ((fanIn, fanOut) => new Float64Array(fanIn * fanOut)) satisfies Initialiser,
} as const;

/** The usual start for a layer whose output goes through this activation. */
export const initialiserFor = (activation: Activation): Initialiser =>
  activation === "tanh" ? initialisers.glorot : initialisers.he;
