import { DIGIT } from "./fitting.ts";
import type { Axis, Panel, Point } from "./figure.ts";

/** A scale as Plot takes it. */
export interface Scale {
  readonly type: "linear" | "log";
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly tickFormat: (value: number) => string;
}

/** Part of the range that is left free at either end. */
const FREE = 0.04;
/** A bar that reaches down to nearly 0 must not stretch a logarithmic axis by decades. */
const LONGEST_BAR = 10;

/** Steps of an axis from which on its labels are powers of ten. */
const MANY_DIGITS = 5;
/** Decades of a logarithmic axis below which numbers at equal distances label it: of 1, 2, 3, 5, 7 hardly one would be on it. */
const NARROW = 0.5;
/** Where the spans of an axis begin that only a logarithm shows. */
const WIDE_SPAN = 20;

const SUPERSCRIPTS = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"];

const power = (exponent: number): string =>
  `10${String(exponent)
    .replace("-", "⁻")
    .replaceAll(/\d/g, (digit) => SUPERSCRIPTS[Number(digit)] ?? "")}`;

/** A number as people write it: a real minus, thousands set apart, none of the noise of binary fractions. */
export const numeral = (value: number): string =>
  Number(value.toPrecision(12))
    .toLocaleString("en-US", { maximumSignificantDigits: 12 })
    .replace("-", "−");

const extent = (values: readonly number[]): readonly [number, number] => {
  const finite = values.filter(Number.isFinite);
  return [Math.min(...finite), Math.max(...finite)];
};

/** What of points must be inside: the values with their errors. */
function reach(points: readonly Point[], along: "x" | "y", log: boolean): readonly number[] {
  return points.flatMap((point) => {
    const [value, error] = [point[along], point[along === "x" ? "xError" : "yError"] ?? 0];
    if (log && value <= 0) return [];
    return [log ? Math.max(value - error, value / LONGEST_BAR) : value - error, value + error];
  });
}

/** A number with so many decimals, a real minus before it; of many digits its power of ten. */
const fixed = (value: number, decimals: number, exponent: number): string =>
  exponent >= MANY_DIGITS
    ? value === 0
      ? "0"
      : `${numeral(value / 10 ** exponent)}·${power(exponent)}`
    : value
        .toLocaleString("en-US", {
          minimumFractionDigits: decimals,
          maximumFractionDigits: decimals,
        })
        .replace("-", "−");

type Labels = Pick<Scale, "ticks" | "tickFormat">;

/** Labels of a domain at multiples of 1, 2 or 5 times a power of ten, `rough` apart or a little more. */
function evenLabels([low, high]: Scale["domain"], rough: number): Labels {
  const exponent = Math.floor(Math.log10(rough));
  const factor = [1, 2, 5, 10].find((m) => m * 10 ** exponent >= rough) ?? 10;
  const step = factor * 10 ** exponent;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  const decimals = Math.max(0, -exponent - (factor === 10 ? 1 : 0));
  return {
    ticks: Array.from({ length: count }, (_, i) => (first + i) * step),
    tickFormat: (value) => fixed(value, decimals, exponent),
  };
}

function logScale(low: number, high: number, most: number, ticks?: readonly number[]): Scale {
  const span = Math.max(Math.log10(high / low), 0.1);
  const pad = 10 ** (FREE * span);
  const domain = [low / pad, high * pad] as const;
  if (ticks) return { type: "log", domain, ticks, tickFormat: numeral };
  if (span < NARROW)
    return { type: "log", domain, ...evenLabels(domain, (domain[1] - domain[0]) / most) };
  const [first, last] = [Math.ceil(Math.log10(domain[0])), Math.floor(Math.log10(domain[1]))];
  const between = (value: number): boolean => value >= domain[0] && value <= domain[1];
  const stride = Math.ceil((last - first + 1) / 6);
  const exponents = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const decades = exponents.filter((e) => e % stride === 0).map((e) => 10 ** e);
  // Where decades are few, numbers between them are labelled, too.
  const steps = span > 2.2 ? [1] : span > 0.8 ? [1, 2, 5] : [1, 2, 3, 5, 7];
  const finer = [first - 1, ...exponents].flatMap((e) => steps.map((m) => m * 10 ** e));
  const chosen = steps.length === 1 ? decades : finer.filter(between);
  const plain = first - 1 >= -4 && last <= 5;
  return {
    type: "log",
    domain,
    ticks: chosen,
    tickFormat: (value) =>
      plain || steps.length > 1 ? numeral(value) : power(Math.round(Math.log10(value))),
  };
}

function linearScale(low: number, high: number, most: number, given?: readonly number[]): Scale {
  const span = high - low || Math.abs(high) || 1;
  const pad = FREE * span;
  // Beside 0 there is nothing to keep free.
  const domain = [low === 0 ? -pad / 2 : low - pad, high + pad] as const;
  if (given) return { type: "linear", domain, ticks: given, tickFormat: numeral };
  return { type: "linear", domain, ...evenLabels(domain, span / most) };
}

/**
 * The scale of an axis over all that stands in the panels.
 *
 * @param most labels at round numbers that have room, about
 */
export function scaleOf(
  panels: readonly Panel[],
  along: "x" | "y",
  axis: Axis,
  most: number,
): Scale {
  const { byMeans = false, range = [], ticks } = axis;
  const series = panels
    .flatMap((panel) => panel.series)
    // A level has no place along the panel.
    .filter(({ kind }) => (byMeans ? kind === "measured" : along === "y" || kind !== "level"));
  const points = series.flatMap((s) => s.points);
  const [least, greatest] = extent(points.map((point) => point[along]));
  const log =
    axis.scale === "log" || (axis.scale === "auto" && least > 0 && greatest / least > WIDE_SPAN);
  const inside = byMeans ? points.map((point) => point[along]) : reach(points, along, log);
  const [low, high] = extent(log ? inside : [...range, ...inside]);
  return log ? logScale(low, high, most, ticks) : linearScale(low, high, most, ticks);
}

/** Labels that have room on a horizontal axis of so many pixels. */
export function labelsAcross(panel: Panel, width: number): number {
  const [low, high] = extent(panel.series.flatMap(({ points }) => points.map(({ x }) => x)));
  const letters = Math.max(3, numeral(Math.round(high)).length, numeral(Math.round(low)).length);
  return Math.min(6, Math.max(2, Math.floor(width / (DIGIT * letters + 16))));
}
