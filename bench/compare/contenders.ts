import { existsSync } from "node:fs";
import { join } from "node:path";

/** One training problem of couplings. */
export interface Size {
  readonly dimension: number;
  readonly layers: number;
  /** Width of the two hidden layers of a conditioner. */
  readonly hidden: number;
  readonly batch: number;
}

export interface Contender {
  readonly library: string;
  /** eager, compile (torch.compile), jit (one call a step), scan and unrolled (many steps a call). */
  readonly mode: string;
  readonly host: "node" | "python";
}

const host = (where: Contender["host"], library: string, ...modes: string[]): Contender[] =>
  modes.map((mode) => ({ library, mode, host: where }));

/** The one that ratios refer to. */
export const REFERENCE = "flowmeter jit";

/**
 * What is trained: affine couplings (Real NVP), rational-quadratic splines of 8 bins on [−5, 5], or Glow of two levels on
 * square images of so many pixels, with so many layers per level.
 */
export const WORKS = {
  affine: { title: "Real NVP", sizes: "2,8,64,256 2,8,128,1024 43,10,256,512" },
  spline: {
    title: "rational-quadratic spline coupling",
    sizes: "2,4,64,512 6,8,128,512 43,5,128,512",
  },
  glow: { title: "Glow", sizes: "784,8,64,64" },
} as const;

export type Work = keyof typeof WORKS;

/** All contenders. bench/peers/worker.py knows the same library names and modes. */
export const CONTENDERS: Readonly<Record<Work, readonly Contender[]>> = {
  affine: [
    ...host("node", "flowmeter", "jit"),
    ...host("python", "torch", "eager", "compile"),
    ...host("python", "zuko", "eager", "compile"),
    ...host("python", "nflows", "eager", "compile"),
    ...host("python", "freia", "eager", "compile"),
    ...host("python", "freia-glow", "eager", "compile"),
    ...host("python", "flowjax", "jit", "scan", "unrolled"),
  ],
  spline: [
    ...host("node", "flowmeter", "jit"),
    ...host("python", "zuko", "eager", "compile"),
    ...host("python", "nflows", "eager", "compile"),
    ...host("python", "flowjax", "jit", "scan", "unrolled"),
  ],
  glow: [
    ...host("node", "flowmeter", "jit"),
    ...host("python", "freia", "eager", "compile"),
    ...host("python", "normflows", "eager", "compile"),
  ],
};

export const nameOf = ({ library, mode }: Contender): string => `${library} ${mode}`;

export const sizeText = ({ dimension, layers, hidden, batch }: Size): string =>
  [dimension, layers, hidden, batch].join(",");

const BENCH = join(import.meta.dirname, "..");

/** The program and its arguments that start a contender's worker, or why there is none. */
export function commandOf(
  work: Work,
  contender: Contender,
  python: string,
  size: Size,
  threads: number,
): { command: readonly string[] } | { skipped: string } {
  const file = contender.host === "node" ? "worker.ts" : "peers/worker.py";
  const script = join(BENCH, file);
  if (!existsSync(script)) return { skipped: `bench/${file} does not exist.` };
  const launcher =
    contender.host === "node" ? [process.execPath, "--import", "tsx", script] : [python, script];
  const { library, mode } = contender;
  const task = ["--work", work, "--library", library, "--mode", mode, "--size", sizeText(size)];
  return { command: [...launcher, ...task, "--threads", String(threads)] };
}
