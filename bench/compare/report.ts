import { REFERENCE, sizeText, type Size } from "./contenders.ts";
import type { Skipped, Timed } from "./interleave.ts";
import { median } from "./median.ts";

/** Where, when and how a comparison was run. */
export interface Circumstances {
  /** What one step is. */
  readonly title: string;
  /** How far losses may lie apart, nats, where all contenders compute the same number. */
  readonly agreement?: number;
  readonly date: string;
  readonly commit: string;
  readonly cpu: string;
  readonly cpus: number;
  readonly system: string;
  readonly node: string;
  readonly rounds: number;
  readonly command: string;
}

export interface Section {
  readonly size: Size;
  readonly threads: number;
  readonly timed: readonly Timed[];
  readonly skipped: readonly Skipped[];
}

/** Median over rounds of this contender's median step over the reference's in the same round; NaN without one. */
export function ratioTo(reference: Timed | undefined, timed: Timed): number {
  if (reference === undefined) return NaN;
  return median(
    timed.roundMedians.map((time, round) => time / (reference.roundMedians[round] ?? NaN)),
  );
}

const milliseconds = (value: number): string => value.toPrecision(3);
const number = (value: number): string => (Number.isNaN(value) ? "–" : value.toFixed(2));
const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const HEADER = [
  "contender",
  "version",
  "parameters",
  "ms per step",
  "round medians, min to max",
  "ratio to Flowmeter",
  "first step, s",
  "loss at the end",
];

function sectionLines(
  { size, threads, timed, skipped }: Section,
  agreement: number | undefined,
): string[] {
  const reference = timed.find(({ name }) => name === REFERENCE);
  const title = `## D, layers, hidden, batch = ${sizeText(size).replaceAll(",", ", ")}; ${threads} thread${threads === 1 ? "" : "s"}`;
  const figures = [...new Set(timed.flatMap((one) => Object.keys(one.figures)))];
  const header = [...HEADER, ...figures];
  const rows = timed
    .toSorted((a, b) => a.median - b.median)
    .map((one) =>
      row([
        one.name,
        one.ready.version,
        String(one.ready.parameters),
        milliseconds(one.median),
        `${milliseconds(Math.min(...one.roundMedians))} to ${milliseconds(Math.max(...one.roundMedians))}`,
        number(ratioTo(reference, one)),
        one.ready.compileSeconds.toFixed(1),
        one.loss.toFixed(agreement === undefined ? 3 : 5),
        ...figures.map((name) => figureText(one.figures[name])),
      ]),
    );
  const peers = timed.filter((one) => one !== reference);
  const fastest = peers.toSorted((a, b) => ratioTo(reference, a) - ratioTo(reference, b))[0];
  const verdict =
    fastest === undefined || reference === undefined
      ? []
      : [
          `Fastest peer: ${fastest.name}, ${number(ratioTo(reference, fastest))} × Flowmeter's time.`,
          "",
        ];
  return [
    title,
    "",
    row(header),
    row(header.map((_, column) => (column < 2 ? "---" : "---:"))),
    ...rows,
    "",
    ...verdict,
    ...(agreement === undefined ? [] : [...agreementLines(timed, agreement), ""]),
    ...skipped.map(({ name, skipped: reason }) => `* ${name}: skipped: ${reason}`),
    ...(skipped.length > 0 ? [""] : []),
  ];
}

const figureText = (value: number | undefined): string =>
  value === undefined ? "–" : String(Number(value.toPrecision(4)));

/**
 * Whether all contenders found the same number: within `tolerance` of the median, and four standard errors more where one
 * draws its own random numbers.
 */
export function agreementLines(timed: readonly Timed[], tolerance: number): string[] {
  const middle = median(timed.map(({ loss }) => loss));
  const allowed = ({ figures }: Timed): number => tolerance + 4 * (figures["standard error"] ?? 0);
  // Not >, which NaN would pass.
  const apart = timed.filter((one) => !(Math.abs(one.loss - middle) <= allowed(one)));
  const names = apart.map(({ name, loss }) => `${name} (${loss.toPrecision(7)})`).join(", ");
  return apart.length === 0
    ? [
        `All losses agree with their median, ${middle.toPrecision(7)}, within ${tolerance} nats` +
          (timed.some(({ figures }) => figures["standard error"] !== undefined)
            ? ", and four standard errors of the draws where one stands."
            : "."),
      ]
    : [`**These losses differ from the median, ${middle.toPrecision(7)}: ${names}.**`];
}

/** Libraries' versions and BLAS, each once. */
function softwareLines(sections: readonly Section[]): string[] {
  const facts = new Map<string, string>();
  for (const { ready } of sections.flatMap(({ timed }) => timed)) {
    const versions = Object.entries(ready.versions).map(([name, version]) => `${name} ${version}`);
    facts.set(ready.library, `* ${ready.library}: ${versions.join(", ")}; ${ready.blas}`);
  }
  return [...facts.values()];
}

/** The Markdown page of a comparison. */
export function markdown(where: Circumstances, sections: readonly Section[]): string {
  return [
    `# ${where.title} beside other libraries`,
    "",
    `${where.date}, commit ${where.commit}, ${where.cpu} (${where.cpus} CPUs), ${where.system}, Node ${where.node}.`,
    `Command: \`${where.command}\`. ${where.rounds} interleaved rounds; time is the median over all steps, the ratio is`,
    "the median over rounds of (contender / Flowmeter), so above 1 Flowmeter is faster. What each peer runs, and in",
    "what they differ: `bench/peers/README.md`.",
    "",
    ...softwareLines(sections),
    "",
    ...sections.flatMap((section) => sectionLines(section, where.agreement)),
  ].join("\n");
}
