/** A transport plan between as many rows as columns, each of mass 1. */
export interface Plan {
  /** [n, n], row-major; each row sums to 1. */
  readonly plan: Float64Array;
  /** Largest distance of a column's sum from 1. */
  readonly error: number;
  readonly iterations: number;
}

export interface SinkhornOptions {
  /** ε, in the units of the cost. */
  readonly regularisation: number;
  /** Stops where every column's sum is this near to 1. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
}

/** Scalings above this, or below its inverse, move into the potentials before they overflow. */
const LARGEST = 1e100;
/** ε falls by this factor at a time. */
const FACTOR = 4;
/** How near to 1 the columns' sums come before ε falls further. */
const ROUGH = 0.1;

/** The plan is diag(u) K diag(v), with K_ij = exp((g_j − C_ij) / ε) / Σ_j exp((g_j − C_ij) / ε). */
interface State {
  readonly n: number;
  /** C. */
  readonly cost: Float64Array;
  /** Potential of each column. */
  readonly g: Float64Array;
  /** K. */
  readonly kernel: Float64Array;
  readonly u: Float64Array;
  readonly v: Float64Array;
  /** Of diag(u) K. */
  readonly columnSums: Float64Array;
}

/**
 * The plan P of least Σ_ij P_ij C_ij + ε Σ_ij P_ij ln P_ij whose rows and columns sum to 1, by Sinkhorn's iterations (Cuturi
 * 2013, arXiv:1306.0895). They run on a kernel that has absorbed the potentials, so that nothing overflows at a small ε, and ε
 * falls to its value in steps (Schmitzer 2019, arXiv:1610.06519). Rows come last and sum to 1 to round-off; `error` says
 * what is left where `maxIterations` ends it.
 *
 * @param cost [n, n], row-major, finite
 */
export function sinkhorn(
  cost: Float64Array,
  n: number,
  { regularisation, tolerance = 1e-2, maxIterations = 1000 }: SinkhornOptions,
): Plan {
  if (cost.length !== n * n)
    throw new Error(
      `sinkhorn: expected the ${n * n} costs of ${n} rows and columns, got ${cost.length}.`,
    );
  if (!(regularisation > 0 && regularisation < Infinity))
    throw new Error(`sinkhorn: expected a finite regularisation above 0, got ${regularisation}.`);
  const state = startState(cost, n);
  let iterations = 0;
  let error = Infinity;
  for (const epsilon of annealed(cost, regularisation)) {
    const goal = epsilon === regularisation ? tolerance : ROUGH;
    formKernel(state, epsilon);
    error = sumColumns(state);
    while (error > goal && iterations < maxIterations) {
      iterations++;
      scale(state);
      if (outOfRange(state)) {
        absorb(state, epsilon);
        formKernel(state, epsilon);
      }
      error = sumColumns(state);
    }
    if (epsilon !== regularisation) absorb(state, epsilon);
  }
  return { plan: planOf(state), error, iterations };
}

/** From the least cost of each column no row's potential is far off, so that no column's sum underflows. */
function startState(cost: Float64Array, n: number): State {
  const g = new Float64Array(n).fill(Infinity);
  cost.forEach((value, at) => {
    if (value < (g[at % n] as number)) g[at % n] = value;
  });
  const vector = (): Float64Array => new Float64Array(n);
  const kernel = new Float64Array(n * n);
  return { n, cost, g, kernel, u: vector(), v: vector(), columnSums: vector() };
}

/** From about the mean cost above the least down to ε. */
function annealed(cost: Float64Array, epsilon: number): number[] {
  let [least, sum] = [Infinity, 0];
  for (const value of cost) {
    if (value < least) least = value;
    sum += value;
  }
  const values = [epsilon];
  for (let next = epsilon * FACTOR; next < sum / cost.length - least; next *= FACTOR)
    values.unshift(next);
  return values;
}

function formKernel({ n, cost, g, kernel, u, v }: State, epsilon: number): void {
  for (let i = 0; i < n; i++) {
    const start = i * n;
    let most = -Infinity;
    for (let j = 0; j < n; j++) {
      const exponent = ((g[j] as number) - (cost[start + j] as number)) / epsilon;
      kernel[start + j] = exponent;
      if (exponent > most) most = exponent;
    }
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const entry = Math.exp((kernel[start + j] as number) - most);
      kernel[start + j] = entry;
      sum += entry;
    }
    for (let j = 0; j < n; j++) kernel[start + j] = (kernel[start + j] as number) / sum;
  }
  u.fill(1);
  v.fill(1);
}

/** Sums the columns of diag(u) K; gives the largest distance of the plan's sums from 1. */
function sumColumns({ n, kernel, u, v, columnSums }: State): number {
  columnSums.fill(0);
  for (let i = 0; i < n; i++) {
    const [start, factor] = [i * n, u[i] as number];
    for (let j = 0; j < n; j++)
      columnSums[j] = (columnSums[j] as number) + factor * (kernel[start + j] as number);
  }
  return columnSums.reduce((most, sum, j) => Math.max(most, Math.abs(sum * (v[j] ?? 0) - 1)), 0);
}

/** One iteration: first the columns, then the rows sum to 1. */
function scale({ n, kernel, u, v, columnSums }: State): void {
  for (let j = 0; j < n; j++) v[j] = 1 / (columnSums[j] as number);
  for (let i = 0; i < n; i++) {
    const start = i * n;
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (kernel[start + j] as number) * (v[j] as number);
    u[i] = 1 / sum;
  }
}

/** Towards the next kernel, whose rows are scaled anew. */
function absorb({ g, v }: State, epsilon: number): void {
  v.forEach((factor, j) => {
    g[j] = (g[j] as number) + epsilon * Math.log(factor);
  });
}

const outOfRange = ({ u, v }: State): boolean =>
  [u, v].some((scaling) => scaling.some((s) => s > LARGEST || s < 1 / LARGEST));

const planOf = ({ n, kernel, u, v }: State): Float64Array =>
  kernel.map((entry, at) => entry * (u[Math.floor(at / n)] as number) * (v[at % n] as number));

/**
 * One column for each row, drawn from the row's masses.
 *
 * @param plan [n, n], rows that sum to 1
 * @param uniforms [n], on [0, 1)
 */
export function drawColumns(
  plan: Float64Array,
  n: number,
  uniforms: ArrayLike<number>,
): Int32Array {
  return Int32Array.from({ length: n }, (_, i) => {
    let below = uniforms[i] ?? 0;
    let last = 0;
    for (let j = 0; j < n; j++) {
      const mass = plan[i * n + j] as number;
      if (mass > 0) last = j;
      below -= mass;
      if (below < 0) return j;
    }
    // Round-off left the row's sum below the uniform.
    return last;
  });
}
