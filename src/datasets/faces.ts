import { makeRows, selectRows, type Rows } from "../math/rows.ts";
import type { Rng } from "../math/rng.ts";
import { flag, integer, type Option } from "../options.ts";
import { defineDataset, type Dataset, type Outlined } from "./dataset.ts";
import { dequantiseCounts } from "./dequantise.ts";
import { digestRows } from "./digest.ts";
import { countDuplicates } from "./duplicates.ts";
import { splitCounts } from "./fractions.ts";
import { pixelNames } from "./image-shape.ts";
import { FACTORS, renderFace, type Face, type Factor } from "./render-face.ts";
import { syntheticOptions } from "./synthetic.ts";

const resolution: Option<16 | 32> = {
  doc: "pixels per side",
  default: 16,
  expected: "16 or 32",
  accepts: (x): x is 16 | 32 => x === 16 || x === 32,
};

const options = {
  ...syntheticOptions,
  size: integer(10_000, "faces in all: train, validation and test together", { min: 2, max: 1e6 }),
  resolution,
  colour: flag(
    false,
    "RGB; false for grey, where hue shows as a small change of the background's lightness",
  ),
  levels: integer(256, "grey levels per channel: 256 are 8 bits", { min: 2, max: 256 }),
};

type Options = { readonly [K in keyof typeof options]: (typeof options)[K]["default"] };

/** Factors of each face, independent and uniform over their ranges. */
function drawFactors(count: number, rng: Rng): Rows {
  const names = Object.keys(FACTORS) as Factor[];
  const drawn = rng.uniforms(count * names.length);
  const values = drawn.map((u, k) => {
    const [low, high] = FACTORS[names[k % names.length] ?? "smile"];
    return low + u * (high - low);
  });
  return makeRows(values, [names.length]);
}

/** Whole numbers from 0 to levels − 1, nearest to the rendered values. */
function renderAll(factors: Rows, { resolution: side, colour, levels }: Options): Float64Array {
  const names = Object.keys(FACTORS) as Factor[];
  const entries = side * side * (colour ? 3 : 1);
  const counts = new Float64Array(factors.count * entries);
  for (let i = 0; i < factors.count; i++) {
    const own = factors.values.subarray(i * names.length, (i + 1) * names.length);
    const face = Object.fromEntries(names.map((name, j) => [name, own[j] ?? 0])) as Face;
    counts.set(
      renderFace(face, side, colour).map((value) => Math.round(value * (levels - 1))),
      i * entries,
    );
  }
  return counts;
}

const shapeOf = ({ resolution: side, colour }: Options): readonly number[] => [
  side,
  side,
  colour ? 3 : 1,
];

function outline(chosen: Options): Outlined {
  splitCounts(chosen.split, chosen.size);
  const shape = shapeOf(chosen);
  return { shape, columns: pixelNames(shape), attributes: Object.keys(FACTORS) };
}

function load(chosen: Options, rng: Rng): Dataset {
  const { size, levels } = chosen;
  const { train, validation } = splitCounts(chosen.split, size);
  const shape = shapeOf(chosen);
  const factors = drawFactors(size, rng.fork("factors"));
  const counts = makeRows(renderAll(factors, chosen), shape);
  const rows = makeRows(dequantiseCounts(counts.values, rng), shape);
  const range = (from: number, to: number) =>
    Int32Array.from({ length: to - from }, (_, i) => from + i);
  const ids = {
    train: range(0, train),
    validation: range(train, train + validation),
    test: range(train + validation, size),
  };
  const parts = (all: Rows) => ({
    train: selectRows(all, ids.train),
    validation: selectRows(all, ids.validation),
    test: selectRows(all, ids.test),
  });
  const sets = parts(rows);
  const raw = parts(counts);
  return {
    name: "faces",
    shape,
    columns: pixelNames(shape),
    ...sets,
    testIds: ids.test,
    attributes: { of: Object.keys(FACTORS).map((name) => ({ name })), ...parts(factors) },
    levels,
    likelihood: "bound",
    duplicates: countDuplicates(raw.train, raw.test),
    notes: [],
    digest: digestRows(sets, ids.test),
  };
}

export const facesDataset = defineDataset({
  name: "faces",
  summary:
    "cartoon faces of known smile, eyes, brows, tilt, skin, hair, size, place and hue: images",
  source: "drawn here",
  options,
  load: ({ options: chosen, rng }) => Promise.resolve(load(chosen, rng)),
  outline,
});
