import { above, bow, both, coverage, ellipse, stroke, type Shape } from "./shapes.ts";

/** What decides about a face; each factor has a range of its own. */
export const FACTORS = {
  smile: [-1, 1],
  eyes: [0, 1],
  brows: [-1, 1],
  tilt: [-0.3, 0.3],
  skin: [0, 1],
  hair: [0, 1],
  size: [0.8, 1.05],
  x: [-0.15, 0.15],
  y: [-0.12, 0.12],
  hue: [0, 1],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

export type Factor = keyof typeof FACTORS;
export type Face = Readonly<Record<Factor, number>>;

/** Red, green, blue, from 0 to 1. */
type Colour = readonly [number, number, number];

const mix = (a: Colour, b: Colour, t: number): Colour => [
  a[0] + t * (b[0] - a[0]),
  a[1] + t * (b[1] - a[1]),
  a[2] + t * (b[2] - a[2]),
];

const WHITE: Colour = [1, 1, 1];
const DARK: Colour = [0.08, 0.07, 0.1];
const LIP: Colour = [0.55, 0.08, 0.12];
const SKIN: readonly [Colour, Colour] = [
  [1, 0.86, 0.74],
  [0.52, 0.35, 0.25],
];
const HAIR: readonly [Colour, Colour] = [
  [0.93, 0.78, 0.42],
  [0.14, 0.09, 0.08],
];
const BACKGROUND: readonly [Colour, Colour] = [
  [0.62, 0.8, 0.95],
  [0.97, 0.75, 0.62],
];

interface Layer {
  readonly shape: Shape;
  readonly colour: Colour;
}

/** Parts of a face from back to front, in coordinates where the head is about 1.4 high and its middle is the origin. */
function layers({ smile, eyes, brows, skin, hair }: Face): readonly Layer[] {
  const tone = mix(...SKIN, skin);
  const shade = mix(...HAIR, hair);
  const crown = ellipse(0, -0.12, 0.74, 0.76);
  const head = ellipse(0, 0.08, 0.6, 0.74);
  const side = (sign: 1 | -1): readonly Layer[] => {
    const white = ellipse(0.28 * sign, 0, 0.18, 0.03 + 0.13 * eyes);
    const pupil = ellipse(0.28 * sign, 0, 0.095, 0.12);
    const brow = stroke(
      [0.44 * sign, -0.27 + 0.1 * brows],
      [0.12 * sign, -0.27 - 0.1 * brows],
      0.08,
    );
    return [
      { shape: white, colour: WHITE },
      { shape: both(white, pupil), colour: DARK },
      { shape: brow, colour: mix(shade, DARK, 0.5) },
    ];
  };
  return [
    { shape: crown, colour: shade },
    { shape: head, colour: tone },
    { shape: both(crown, above(-0.42)), colour: shade },
    { shape: ellipse(0, 0.18, 0.06, 0.08), colour: mix(tone, DARK, 0.25) },
    ...side(-1),
    ...side(1),
    { shape: bow(0.49 + 0.09 * smile, -0.19 * smile, 0.33, 0.1), colour: LIP },
  ];
}

/** Samples per side of a pixel: analytic edges alone leave lines thinner than a pixel ragged. */
const SAMPLES = 2;

/**
 * A cartoon face of side · side pixels, values from 0 to 1, row by row, one value per pixel or three (RGB). Shapes are
 * analytic and edges smooth: a sample takes a shape's colour by the share that the shape covers.
 */
export function renderFace(face: Face, side: number, colour: boolean): Float64Array {
  const { tilt, size, x, y, hue } = face;
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const parts = layers(face);
  const background = mix(...BACKGROUND, hue);
  const fine = side * SAMPLES;
  /** Samples per unit of the face's own coordinates. */
  const density = (size * fine) / 2;
  const seen = new Float64Array(3 * side * side);
  for (let sample = 0; sample < fine * fine; sample++) {
    const [column, row] = [sample % fine, Math.floor(sample / fine)];
    const px = (2 * (column + 0.5)) / fine - 1 - x;
    const py = (2 * (row + 0.5)) / fine - 1 - y;
    const [u, v] = [(cos * px + sin * py) / size, (cos * py - sin * px) / size];
    let [r, g, b] = background;
    for (const { shape, colour: paint } of parts) {
      const share = coverage(shape, u, v, density);
      if (share === 0) continue;
      r += share * (paint[0] - r);
      g += share * (paint[1] - g);
      b += share * (paint[2] - b);
    }
    const pixel = 3 * (Math.floor(row / SAMPLES) * side + Math.floor(column / SAMPLES));
    seen[pixel] = (seen[pixel] ?? 0) + r / SAMPLES ** 2;
    seen[pixel + 1] = (seen[pixel + 1] ?? 0) + g / SAMPLES ** 2;
    seen[pixel + 2] = (seen[pixel + 2] ?? 0) + b / SAMPLES ** 2;
  }
  return colour ? seen : luma(seen);
}

/** Lightness of RGB pixels by the weights of Rec. 601. */
const luma = (rgb: Float64Array): Float64Array =>
  new Float64Array(rgb.length / 3).map(
    (_, i) =>
      0.299 * (rgb[3 * i] ?? 0) + 0.587 * (rgb[3 * i + 1] ?? 0) + 0.114 * (rgb[3 * i + 2] ?? 0),
  );
