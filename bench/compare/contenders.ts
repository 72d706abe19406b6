import { existsSync } from "node:fs";
import { join } from "node:path";

/** One problem of a kind of work. */
export interface Size {
  readonly dimension: number;
  readonly layers: number;
  /** Width of the networks' hidden layers. */
  readonly hidden: number;
  /** Rows of one step. */
  readonly batch: number;
}

export interface Contender {
  readonly library: string;
  /**
   * eager, compile (torch.compile), jit (one call a step), scan and unrolled (many steps a call); vmap and batched: a
   * solver that chooses steps for each row, or for all rows together.
   */
  readonly mode: string;
  readonly host: "node" | "python";
}

const host = (where: Contender["host"], library: string, ...modes: string[]): Contender[] =>
  modes.map((mode) => ({ library, mode, host: where }));

/** The one that ratios refer to. */
export const REFERENCE = "flowmeter jit";

export interface WorkKind {
  /** What one step is. */
  readonly title: string;
  readonly sizes: string;
  /** Steps that tell how long a step takes; 16 unless it takes seconds. */
  readonly probeSteps?: number;
  /** All contenders compute the same number: how far losses may lie apart, besides what random draws explain, nats. */
  readonly agreement?: number;
}

export type Work = "affine" | "spline" | "glow" | "flow-matching" | "free-form" | "ode-likelihood";

/**
 * Training of affine couplings (Real NVP), rational-quadratic splines of 8 bins on [−5, 5], Glow of two levels on square
 * images of so many pixels, with so many layers per level, flow matching and free-form flows; and the likelihood of a
 * continuous flow.
 */
export const WORKS: Readonly<Record<Work, WorkKind>> = {
  affine: {
    title: "One Real NVP training step",
    sizes: "2,8,64,256 2,8,128,1024 43,10,256,512",
  },
  spline: {
    title: "One rational-quadratic spline coupling training step",
    sizes: "2,4,64,512 6,8,128,512 43,5,128,512",
  },
  glow: { title: "One Glow training step", sizes: "784,8,64,64" },
  "flow-matching": {
    title: "One flow matching training step",
    sizes: "2,4,128,512 43,4,128,512",
  },
  "free-form": {
    title: "One free-form flow training step",
    sizes: "2,4,128,512 43,4,128,512",
  },
  "ode-likelihood": {
    title: "The log-likelihood of all rows through dopri5 (one step)",
    sizes: "2,4,128,10000 43,4,128,10000",
    probeSteps: 1,
    agreement: 1e-3,
  },
};

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
  "flow-matching": [
    ...host("node", "flowmeter", "jit"),
    ...host("python", "torch", "eager", "compile"),
    ...host("python", "torchcfm", "eager"),
    ...host("python", "jax", "jit", "scan"),
  ],
  "free-form": [
    ...host("node", "flowmeter", "jit"),
    ...host("python", "torch", "eager", "compile"),
    ...host("python", "jax", "jit", "scan"),
  ],
  "ode-likelihood": [
    ...host("node", "flowmeter", "jit"),
    ...host("python", "zuko", "eager"),
    ...host("python", "torchdiffeq", "eager", "compile"),
    ...host("python", "diffrax", "vmap", "batched"),
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
