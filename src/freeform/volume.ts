import {
  logAbsDet,
  loopedJacobian,
  type Shape,
  type Tensor,
  type Tensors,
} from "../engine/index.ts";
import { mean } from "../math/statistics.ts";
import type { LikelihoodCall, LogProb } from "../model.ts";
import { integer, oneOf, type OptionValues } from "../options.ts";
import { lanczosLogDet } from "./lanczos-log-det.ts";

/** Entries of a row up to which log|det| is exact unless told otherwise: a Jacobian costs D reverse passes per row. */
const EXACT_UP_TO = 256;

/** The options about the log-determinants of likelihoods. */
export const volumeOptions = {
  logDet: oneOf(
    ["auto", "exact", "hutchinson"],
    "auto",
    `log|det| of the likelihoods: of the full Jacobian, or estimated along random directions; auto: exact up to D = ${EXACT_UP_TO}`,
  ),
  logDetDirections: integer(8, "hutchinson: random directions per row; its error is theirs", {
    min: 2,
    max: 10_000,
  }),
  lanczosSteps: integer(
    24,
    "hutchinson: products by the Jacobian and its transpose per direction",
    {
      min: 2,
      max: 10_000,
    },
  ),
};

/** A way to log|det| of the Jacobian of a map of flat rows, and what to say of it. Off the tape only. */
export interface Volume extends Pick<LogProb, "noise" | "precision" | "heaviest"> {
  readonly exact: boolean;
  /** log|det f′(x)| [N], and numbers of each row that `details` reads. */
  of(
    f: (points: Tensor) => Tensor,
    x: Tensor,
    call: LikelihoodCall,
  ): { readonly logDet: Tensor; readonly rows: Tensors };
  /** For the provenance. */
  details(rows: Readonly<Record<string, Float64Array>>): Readonly<Record<string, unknown>>;
}

/** The way that the options ask for. */
export function volume(options: OptionValues<typeof volumeOptions>, dim: number): Volume {
  const { logDet } = options;
  return logDet === "exact" || (logDet === "auto" && dim <= EXACT_UP_TO)
    ? exactVolume(dim)
    : estimatedVolume(options, dim);
}

/** log|det| of the Jacobian of f at each row, x [N, D] → [N]. */
export const logVolume = (f: (points: Tensor) => Tensor, x: Tensor): Tensor =>
  logAbsDet(loopedJacobian(f, x));

/** In float64: a condition of 10⁴ in 43 dimensions costs a float32 Jacobian hundredths of a nat. */
const exactVolume = (dim: number): Volume => ({
  exact: true,
  precision: "float64",
  heaviest: [dim, dim],
  of: (f, x) => ({ logDet: logVolume(f, x), rows: {} }),
  details: () => ({ logDet: "exact", precision: "float64" }),
});

/** Inputs and rows of the estimate, by name. */
const DIRECTIONS = "directions";
const VARIANCE = "logDetVariance";
const CHANGE = "logDetChange";

function estimatedVolume(
  { logDetDirections, lanczosSteps }: OptionValues<typeof volumeOptions>,
  dim: number,
): Volume {
  const directions = Math.min(logDetDirections, dim);
  const steps = Math.min(lanczosSteps, dim);
  const heaviest: Shape = [directions * steps, dim];
  return {
    exact: false,
    heaviest,
    noise: { [DIRECTIONS]: { shape: [dim, directions], kind: "orthonormal" } },
    of(f, x, { noise }) {
      const drawn = noise?.[DIRECTIONS];
      if (!drawn)
        throw new Error(`free-form: expected the noise "${DIRECTIONS}" for log|det|, got none.`);
      const { logDet, variance, change } = lanczosLogDet(f, x, drawn, steps);
      return { logDet, rows: { [VARIANCE]: variance, [CHANGE]: change } };
    },
    details: ({ [VARIANCE]: variance = new Float64Array(0), [CHANGE]: change }) => ({
      ...{ logDet: "hutchinson", directions, lanczosSteps: steps },
      // Nats, of the mean over rows, which is what the NLL is.
      logDetStderr: Math.sqrt(mean(variance) / Math.max(1, variance.length)),
      changeBySecondHalfOfSteps: mean(change ?? new Float64Array(0)),
    }),
  };
}
