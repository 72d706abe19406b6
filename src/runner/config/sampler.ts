import { createRequire } from "node:module";
import { createRng } from "../../math/rng.ts";
import type { Origin, Problem } from "./problem.ts";
import type { Halving } from "./rungs.ts";
import { keyOf, ownerOf, type Axis, type Setting } from "./setting.ts";

/** How the values of a sweep are combined. */
export interface Sampler {
  /**
   * grid: every combination · random: independent draws · sobol: points of a Sobol sequence, which fill the space evenly · auto:
   * a grid, unless a number of samples is given or a key has a range, which a Sobol sequence fills.
   */
  readonly kind: "grid" | "random" | "sobol" | "auto";
  /** Points that random and sobol take; 16 unless given. */
  readonly samples?: number;
  /** Of the draws; of sobol, the shift of the whole sequence. */
  readonly seed: number;
  /** The combinations compete with each other by successive halving. */
  readonly halving?: Halving;
}

const SAMPLES = 16;

/** Any of the settings of an axis that say which keys it is about. */
export const settingsOn = ({ points, at }: Axis): readonly Setting[] => [
  ...points.flat(),
  ...(at?.(0) ?? []),
];
export const ownersOf = (axis: Axis): readonly string[] =>
  settingsOn(axis).map(({ path }) => ownerOf(path));

const origin: Origin = { kind: "argument", text: "sweep" };

/** Zipped axes as one, at the place of the first, point by point. */
export function zipAxes(axes: readonly Axis[], problems: Problem[]): readonly Axis[] {
  const zipped = axes.filter((axis) => axis.zipped);
  const [first] = zipped;
  if (!first) return axes;
  if (zipped.some(({ points }) => points.length !== first.points.length)) {
    const counts = zipped.map(({ points }) => {
      const [one] = points[0] ?? [];
      return `${one ? keyOf(one) : "?"} has ${points.length}`;
    });
    const message = `zip needs as many values of each key; ${counts.join(", ")}.`;
    problems.push({ origin: first.points[0]?.[0]?.origin ?? origin, message });
    return axes.filter((axis) => !axis.zipped);
  }
  const points = first.points.map((_, i) => zipped.flatMap((axis) => axis.points[i] ?? []));
  const together: Axis = { points, zipped: true };
  return axes.flatMap((axis) => (axis === first ? [together] : axis.zipped ? [] : [axis]));
}

/** Axes that are crossed with the samples whatever the sampler: what is compared must see the same values. */
const CROSSED: readonly string[] = ["family.name", "data.name", "seed"];

/** Explicit runs, families, data sets and seeds are all done; all else is drawn. */
export function isDrawn(axis: Axis): boolean {
  const owners = new Set(ownersOf(axis));
  return (
    (owners.size === 1 || axis.zipped === true) && ![...owners].some((o) => CROSSED.includes(o))
  );
}

/** Which kind `auto` stands for with these axes; any other kind is as it was asked for. */
export function kindFor(
  { kind, samples }: Sampler,
  axes: readonly Axis[],
): "grid" | "random" | "sobol" {
  if (kind !== "auto") return kind;
  return samples !== undefined || axes.some(({ at }) => at) ? "sobol" : "grid";
}

/** The axes that every combination is taken of; that a range is no list of values is a problem. */
export function withoutRanges(axes: readonly Axis[], problems: Problem[]): readonly Axis[] {
  for (const axis of axes.filter(({ at }) => at)) {
    const [setting] = settingsOn(axis);
    const key = setting ? keyOf(setting) : "a key";
    const message = isDrawn(axis)
      ? `${key} has a range, which a grid has no values of; give --sampler random or sobol, or list the values: a,b,c.`
      : `${key} has a range, which only keys that a sampler draws can have; list its values, as in ${key}=range(0,3).`;
    problems.push({ origin: setting?.origin ?? origin, message });
  }
  return axes.filter(({ at }) => !at);
}

/** That there is nothing that a sampler could draw. */
export const nothingToDraw = (kind: string): Problem => ({
  origin,
  message: `--sampler ${kind}: nothing to draw; give a key several values or a range, as in family.layers=2,4,8 or training.learningRate=log(1e-4,1e-2).`,
});

/** The points that a sampler takes in the space of axes. */
export interface Draws {
  readonly kind: "random" | "sobol";
  /** Number of points. */
  readonly count: number;
  /**
   * What these axes have at a point.
   *
   * @param from dimension of the first of them; those before it belong to other axes of the same point
   */
  settings(axes: readonly Axis[], point: number, from?: number): readonly Setting[];
}

/** Points of a random or Sobol sampler: those of fewer axes are the first coordinates of those of more. */
export function createDraws(kind: Draws["kind"], { samples = SAMPLES, seed }: Sampler): Draws {
  let shares: readonly (readonly number[])[] = [];
  let known = 0;
  return {
    kind,
    count: samples,
    settings(axes, point, from = 0) {
      const dimensions = from + axes.length;
      if (dimensions > known) {
        shares = sharesOf({ kind, samples, seed }, dimensions);
        known = dimensions;
      }
      return axes.flatMap((axis, k) => settingsAt(axis, shares[point]?.[from + k] ?? 0));
    },
  };
}

const settingsAt = ({ points, at }: Axis, u: number): readonly Setting[] =>
  at ? at(u) : (points[Math.floor(u * points.length)] ?? []);

/** The package has no types. */
type Sobol = new (dimensions: number) => { nextVector(): readonly number[] };

/** Points of the unit cube, [samples][dimensions]. */
function sharesOf(
  {
    kind,
    samples,
    seed,
  }: { readonly kind: Draws["kind"] } & Required<Pick<Sampler, "samples" | "seed">>,
  dimensions: number,
): readonly number[][] {
  const rng = createRng(seed).fork("sampler");
  if (kind === "random")
    return Array.from({ length: samples }, (_, i) => [...rng.fork(i).uniforms(dimensions)]);
  const { SobolSequenceGenerator } = createRequire(import.meta.url)("sobol") as {
    readonly SobolSequenceGenerator: Sobol;
  };
  const sequence = new SobolSequenceGenerator(dimensions);
  // A shift modulo 1 (Cranley & Patterson 1976) keeps the even filling, and takes the first point away from the corner.
  const shift = rng.uniforms(dimensions);
  return Array.from({ length: samples }, () =>
    sequence.nextVector().map((u, k) => (u + (shift[k] ?? 0)) % 1),
  );
}
