import type { Tableau } from "./tableau.ts";

/** Coefficients of printed tableaus have 15 digits or more. */
const ROUND_OFF = 1e-12;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

const isOrder = (order: unknown): boolean => Number.isInteger(order) && (order as number) > 0;

/**
 * What is wrong with a tableau as a consistent explicit method, for a message; nothing if it is one. Whether it has the
 * order that it states is for `solverContract` to measure.
 */
export function tableauFault(tableau: Tableau): string | undefined {
  const { order, nodes, matrix, weights, embedded } = tableau;
  const lists = [nodes, weights, ...matrix, ...(embedded ? [embedded.weights] : [])];
  if (!lists.flat().every(Number.isFinite)) return "expected finite coefficients";
  const stages = nodes.length;
  if (stages === 0) return "expected at least one stage";
  if (!isOrder(order)) return `expected a whole order of at least 1, got ${String(order)}`;
  if (matrix.length !== stages)
    return `expected ${stages} rows of the matrix, one for each node, got ${matrix.length}`;
  for (const [i, row] of matrix.entries()) {
    if (row.length !== i)
      return `row ${i} of the matrix: expected ${i} entries, one for each stage before it, got ${row.length}`;
    const node = nodes[i] ?? NaN;
    if (!(Math.abs(sum(row) - node) < ROUND_OFF))
      return `row ${i} of the matrix sums to ${sum(row)}, expected its node, ${node}`;
  }
  return (
    weightsFault("weights", weights, stages) ??
    (embedded && !isOrder(embedded.order)
      ? `embedded: expected a whole order of at least 1, got ${String(embedded.order)}`
      : undefined) ??
    (embedded && weightsFault("embedded weights", embedded.weights, stages)) ??
    (embedded?.weights.every((b, i) => b === weights[i]) === true
      ? "expected embedded weights that differ from the weights, or no error can be seen"
      : undefined)
  );
}

function weightsFault(
  what: string,
  weights: readonly number[],
  stages: number,
): string | undefined {
  if (weights.length !== stages)
    return `expected ${stages} ${what}, one for each node, got ${weights.length}`;
  return Math.abs(sum(weights) - 1) < ROUND_OFF
    ? undefined
    : `the ${what} sum to ${sum(weights)}, expected 1`;
}
