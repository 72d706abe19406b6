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
function isDrawn(axis: Axis): boolean {
  const owners = new Set(ownersOf(axis));
  return (
    (owners.size === 1 || axis.zipped === true) && ![...owners].some((o) => CROSSED.includes(o))
  );
}

/** The axes of two places, the second one's settings over the first one's. */
export interface Axes {
  readonly file: readonly Axis[];
  readonly overrides: readonly Axis[];
}

/** Replaces the axes that a sampler draws from by one axis of its points. */
export function sampled({ file, overrides }: Axes, asked: Sampler, problems: Problem[]): Axes {
  const all = [...file, ...overrides];
  const fills = asked.samples !== undefined || all.some(({ at }) => at);
  const kind = asked.kind !== "auto" ? asked.kind : fills ? "sobol" : "grid";
  const sampler = { ...asked, kind };
  if (sampler.kind === "grid") {
    for (const axis of all.filter(({ at }) => at)) {
      const [setting] = settingsOn(axis);
      const message = `${setting ? keyOf(setting) : "a key"} has a range, which a grid has no values of; give --sampler random or sobol, or list the values: a,b,c.`;
      problems.push({ origin: setting?.origin ?? origin, message });
    }
    return { file: file.filter(({ at }) => !at), overrides: overrides.filter(({ at }) => !at) };
  }
  const drawn = all.filter(isDrawn);
  if (drawn.length === 0) {
    const message = `--sampler ${sampler.kind}: nothing to draw; give a key several values or a range, as in family.layers=2,4,8 or training.learningRate=log(1e-4,1e-2).`;
    problems.push({ origin, message });
    return { file, overrides };
  }
  const points = sharesOf(sampler, drawn.length).map((shares) =>
    drawn.flatMap((axis, k) => settingsAt(axis, shares[k] ?? 0)),
  );
  const kept = (axes: readonly Axis[]) => axes.filter((axis) => !drawn.includes(axis));
  return { file: kept(file), overrides: [...kept(overrides), { points }] };
}

const settingsAt = ({ points, at }: Axis, u: number): readonly Setting[] =>
  at ? at(u) : (points[Math.floor(u * points.length)] ?? []);

/** The package has no types. */
type Sobol = new (dimensions: number) => { nextVector(): readonly number[] };

/** Points of the unit cube, [samples][dimensions]. */
function sharesOf(
  { kind, samples = SAMPLES, seed }: Sampler,
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
