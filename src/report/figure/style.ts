import type { Figure, Series } from "./figure.ts";

/** Symbols that Plot has, filled ones first: they differ in grey where colours do not. */
const SYMBOLS = ["circle", "square", "triangle", "diamond", "star", "cross", "wye"] as const;

/**
 * Okabe & Ito (2008), "Color Universal Design": seven colours that people with any kind of colour vision tell apart. Their
 * yellow is left out, which is hardly seen on white.
 */
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

/** Of another length than the symbols and colours, so that a line beyond the seventh looks like no other. */
const DASHES = ["none", "7 3", "2 2.5", "9 3 2 3", "5 2"];
const THEORY_DASHES = ["4 2", "1.5 2", "8 2 1.5 2", "10 4", "1 4"];

export interface Style {
  readonly colour: string;
  readonly symbol: (typeof SYMBOLS)[number] | undefined;
  readonly dash: string;
  /** Width of the line, pixels. */
  readonly width: number;
}

export interface LegendEntry {
  readonly name: string;
  readonly style: Style;
}

const at = <T>(list: readonly T[], i: number): T => list[i % list.length] as T;

const isTheory = ({ kind }: Series): boolean => kind === "theory" || kind === "level";

/** The look of every series of a figure, by the order in which names first appear, and its legend. */
export function stylesOf(figure: Figure): {
  readonly styleOf: (series: Series) => Style;
  /** Place of a name among the measured ones. */
  readonly indexOf: (series: Series) => number;
  readonly legend: readonly LegendEntry[];
} {
  const all = figure.panels.flatMap(({ series }) => series);
  const names = (of: readonly Series[]): string[] => [...new Set(of.map(({ name }) => name))];
  const measured = names(all.filter((series) => !isTheory(series)));
  const theory = names(all.filter(isTheory));
  const measuredStyle = (name: string): Style => {
    const i = measured.indexOf(name);
    return { colour: at(COLOURS, i), symbol: at(SYMBOLS, i), dash: at(DASHES, i), width: 1.5 };
  };
  const theoryStyle = (name: string, colour: string): Style => ({
    colour,
    symbol: undefined,
    dash: at(THEORY_DASHES, theory.indexOf(name)),
    width: 0.9,
  });
  return {
    indexOf: ({ name }) => measured.indexOf(name),
    styleOf: (series) =>
      isTheory(series)
        ? theoryStyle(
            series.name,
            series.of === undefined ? "#000000" : measuredStyle(series.of).colour,
          )
        : { ...measuredStyle(series.name), ...(series.kind === "stopped" && { width: 0.8 }) },
    legend: [
      ...measured.map((name) => ({ name, style: measuredStyle(name) })),
      ...theory.map((name) => ({ name, style: theoryStyle(name, "#000000") })),
    ],
  };
}
