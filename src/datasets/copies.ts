import { haarRotation } from "../math/haar-rotation.ts";
import { createRng } from "../math/rng.ts";
import { flag, integer, oneOf } from "../options.ts";
import { checkerboard } from "./checkerboard.ts";
import { DataError } from "./data-error.ts";
import { defineDataset } from "./dataset.ts";
import { eightGaussians } from "./eight-gaussians.ts";
import {
  syntheticDataset,
  syntheticOptions,
  syntheticOutline,
  type Distribution,
} from "./synthetic.ts";
import { twoMoons } from "./two-moons.ts";

/** The sets that are copied, with the parameters that they have by default. */
const PARTS: Readonly<Record<string, () => Distribution>> = {
  "two-moons": () => twoMoons(0.1),
  "eight-gaussians": () => eightGaussians(4 / 1.414, 0.5 / 1.414),
  checkerboard: () => checkerboard,
};

/**
 * Independent draws of one distribution side by side, x = Q (x⁽¹⁾, …, x⁽ᶜ⁾): p(x) = Π_c p(x⁽ᶜ⁾) for orthonormal Q, and the
 * entropy is c times that of a part.
 *
 * @param turn Q, row-major [c · dim, c · dim]; the identity unless given
 */
export function copies(part: Distribution, count: number, turn?: Float64Array): Distribution {
  const dim = part.dim * count;
  const { value, stderr, method } = part.entropy;
  /** Qᵀ x of the row at `at`. */
  const apart = (x: Float64Array, at: number): Float64Array => {
    const row = x.subarray(at, at + dim);
    if (!turn) return row;
    const back = new Float64Array(dim);
    row.forEach((value_, i) => {
      for (let j = 0; j < dim; j++) back[j] = (back[j] ?? 0) + (turn[i * dim + j] ?? 0) * value_;
    });
    return back;
  };
  return {
    dim,
    entropy: { value: count * value, stderr: count * stderr, method },
    logDensity(x, at) {
      const row = apart(x, at);
      let sum = 0;
      for (let c = 0; c < count; c++) sum += part.logDensity(row, c * part.dim);
      return sum;
    },
    sample(rows, rng) {
      // One draw of the part after the other is one copy after the other, then the next row.
      const values = part.sample(rows * count, rng);
      return turn ? turned(values, turn, dim) : values;
    },
  };
}

/** Q x of every row. */
function turned(values: Float64Array, turn: Float64Array, dim: number): Float64Array {
  return new Float64Array(values.length).map((_, k) => {
    const [start, i] = [k - (k % dim), k % dim];
    let sum = 0;
    for (let j = 0; j < dim; j++) sum += (turn[i * dim + j] ?? 0) * (values[start + j] ?? 0);
    return sum;
  });
}

const options = {
  ...syntheticOptions,
  of: oneOf(Object.keys(PARTS), "two-moons", "the set of two dimensions that is copied"),
  dim: integer(8, "dimensions, an even number", { min: 2, max: 4096 }),
  rotate: flag(true, "turn the rows by a random rotation, so that no coordinate is of one copy"),
  distributionSeed: integer(0, "seed of the rotation: the same in all replicates"),
};

function checkDim(dim: number): void {
  if (dim % 2 !== 0)
    throw new DataError(
      `data.dim: expected an even number, since the copies have two dimensions, got ${dim}.`,
    );
}

/** Of the same difficulty per dimension in any dimension. */
export const copiesDataset = defineDataset({
  name: "copies",
  summary: "independent copies of a set of two dimensions, turned by a random rotation",
  source: "a product density; the difficulty per dimension is that of a copy",
  options,
  load({ options: chosen, rng }) {
    const { of, dim, rotate, distributionSeed } = chosen;
    checkDim(dim);
    const part = PARTS[of] as () => Distribution;
    const fixed = createRng(distributionSeed).fork("copies");
    const distribution = copies(part(), dim / 2, rotate ? haarRotation(dim, fixed) : undefined);
    return Promise.resolve(syntheticDataset("copies", distribution, chosen, rng));
  },
  outline(chosen) {
    checkDim(chosen.dim);
    return syntheticOutline(chosen.dim, chosen);
  },
});
