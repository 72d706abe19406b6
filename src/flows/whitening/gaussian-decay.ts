import { largestEigenvalue } from "../../math/largest-eigenvalue.ts";
import type { Rng } from "../../math/rng.ts";
import { mean, standardError } from "../../math/statistics.ts";
import type { GaussianLayer } from "../../model.ts";
import { trace } from "./covariance-blocks.ts";
import { mixCovariance } from "./mix-covariance.ts";
import type { WhiteningMixing } from "./mixing-matrices.ts";
import type { LayerShape } from "./optimal-layer.ts";
import { whiten, type WhiteningStep } from "./whiten.ts";
import { localPermutationRate, localRate, lossBound, spectrumBound } from "./whitening-rates.ts";

export interface DecayRequest {
  /** Σ of the data, row-major [D, D]; their mean does not matter, since the first layer takes it away. */
  readonly sigma: Float64Array;
  /** KL of the data from N(0, I) that their mean makes, ½‖m‖², nats. */
  readonly ofMean: number;
  readonly shape: LayerShape;
  readonly layers: number;
  readonly mixing: WhiteningMixing;
  /** Draws of all mixings: errors are over them. */
  readonly repeats: number;
  readonly rng: Rng;
}

/**
 * KL(N(m, Σ_l) ‖ N(0, I)) after each optimal layer, in closed form: mean over draws of the mixings, with what the theory says of the
 * same covariances beside it. Bounds are means over the draws of the bound for the covariance before the layer, so that no
 * mean over Haar rotations may lie above them; they need tr Σ = D, and are left out elsewhere.
 *
 * @returns one entry per stage, the data first
 */
export function gaussianDecay(request: DecayRequest): readonly GaussianLayer[] {
  const { sigma, ofMean, shape, layers, mixing, repeats, rng } = request;
  const { dim, active } = shape;
  const perStage = Array.from({ length: layers + 1 }, () => ({
    kl: new Float64Array(repeats),
    loss: new Float64Array(repeats),
    spectrum: new Float64Array(repeats),
  }));
  for (let repeat = 0; repeat < repeats; repeat++) {
    const draws = rng.fork(repeat);
    const steps = whiten(sigma, shape, layers, (now) => mixCovariance(mixing, now, dim, draws));
    steps.forEach((step, stage) => {
      const numbers = perStage[stage];
      const before = steps[stage - 1];
      if (!numbers) return;
      numbers.kl[repeat] = step.nonStandardness + (stage === 0 ? ofMean : 0);
      if (!before) return;
      const bounds = boundsAfter(before, shape);
      numbers.loss[repeat] = bounds.loss;
      numbers.spectrum[repeat] = bounds.spectrum;
    });
  }
  const rate = rateOf(request);
  // Of Haar rotations only: a permutation can exceed them.
  const bounded = mixing === "rotation";
  return perStage.map(({ kl, loss, spectrum }, stage) => {
    const before = perStage[stage - 1]?.kl;
    return {
      kl: mean(kl),
      klStderr: spread(kl),
      ...(before && {
        ...(rate !== undefined && { localRate: rate }),
        limitRate: (active / dim) ** 2 + (1 - active / dim) ** 2,
        ...(bounded && finite({ lossBound: mean(loss), spectrumBound: mean(spectrum) })),
        ...(mean(before) > ROUND_OFF && {
          ...ratioOf(kl, before),
          ...(bounded &&
            finite({
              lossBoundRatio: mean(loss) / mean(before),
              spectrumBoundRatio: mean(spectrum) / mean(before),
            })),
        }),
      }),
      n: repeats,
    };
  });
}

const spread = (values: Float64Array): number => (values.length > 1 ? standardError(values) : NaN);

/** What theory has no word on is left out. */
const finite = (numbers: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(numbers).filter(([, value]) => Number.isFinite(value)));

/** The exact rate near N(0, I): of rotations and of permutations, whose draws do not depend on the layers before. */
function rateOf({ mixing, shape }: DecayRequest): number | undefined {
  if (mixing === "rotation") return localRate(shape, shape.passiveRescale);
  return mixing === "permutation" && shape.passiveRescale ? localPermutationRate(shape) : undefined;
}

/** Nats: as a difference of numbers of the size of D the KL has about this error where a covariance was ill-conditioned at the start. */
const ROUND_OFF = 1e-10;

/** mean(a) / mean(b), the ratio that gamma is of, and its standard error over pairs. */
function ratioOf(
  a: Float64Array,
  b: Float64Array,
): { readonly ratio: number; readonly ratioStderr: number } {
  const ratio = mean(a) / mean(b);
  const rest = a.map((value, i) => value - ratio * (b[i] ?? NaN));
  return { ratio, ratioStderr: spread(rest) / Math.abs(mean(b)) };
}

/** Farther than round-off from tr Σ = D the bounds do not hold. */
const TRACE_TOLERANCE = 1e-9;

function boundsAfter(
  { sigma, nonStandardness }: WhiteningStep,
  { dim, active }: LayerShape,
): { readonly loss: number; readonly spectrum: number } {
  if (Math.abs(trace(sigma, dim) - dim) > TRACE_TOLERANCE * dim)
    return { loss: NaN, spectrum: NaN };
  let squares = 0;
  for (const entry of sigma) squares += entry * entry;
  const split = { dim, active };
  // Round-off can leave S a little below 0.
  const s = Math.max(0, nonStandardness);
  const variance = Math.max(0, squares / dim - 1);
  return {
    loss: lossBound(s, split),
    spectrum: spectrumBound(s, { variance, largest: largestEigenvalue(sigma, dim) }, split),
  };
}
