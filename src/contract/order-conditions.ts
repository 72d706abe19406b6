/** A rooted tree: the trees that hang from its root. */
type Tree = readonly Tree[];

/** Coefficients of a Runge–Kutta method; see `Tableau`. */
interface Coefficients {
  readonly matrix: readonly (readonly number[])[];
  readonly weights: readonly number[];
}

const sizeOf = (tree: Tree): number => tree.reduce((sum, child) => sum + sizeOf(child), 1);

/** The density of a tree: its size times the densities of what hangs from its root. */
const densityOf = (tree: Tree): number =>
  tree.reduce((product, child) => product * densityOf(child), sizeOf(tree));

/** All rooted trees with `size` vertices, each once. */
export function rootedTrees(size: number): readonly Tree[] {
  const bySize: Tree[][] = [[]];
  for (let n = 1; n <= size; n++) bySize[n] = forests(bySize.flat(), n - 1);
  return bySize[size] ?? [];
}

/** Multisets of the given trees with so many vertices together. */
function forests(trees: readonly Tree[], size: number): Tree[][] {
  if (size === 0) return [[]];
  return trees.flatMap((tree, i) =>
    sizeOf(tree) > size
      ? []
      : forests(trees.slice(i), size - sizeOf(tree)).map((rest) => [tree, ...rest]),
  );
}

/** The elementary weights of a tree, one for each stage. */
function elementaryWeights(matrix: Coefficients["matrix"], tree: Tree): readonly number[] {
  const hanging = tree.map((child) => elementaryWeights(matrix, child));
  return matrix.map((row) =>
    hanging.reduce(
      (product, weights) => product * row.reduce((sum, a, j) => sum + a * (weights[j] ?? 0), 0),
      1,
    ),
  );
}

/**
 * By how much a method misses the conditions of an order, at most: Σ_i b_i Φ_i(τ) = 1/γ(τ) for every rooted tree τ with as
 * many vertices (Butcher 1963; Hairer, Nørsett & Wanner I, II.2). Order p asks for the conditions of 1 to p.
 */
export function orderDefect({ matrix, weights }: Coefficients, order: number): number {
  const defects = rootedTrees(order).map((tree) => {
    const elementary = elementaryWeights(matrix, tree);
    const sum = weights.reduce((total, b, i) => total + b * (elementary[i] ?? 0), 0);
    return Math.abs(sum - 1 / densityOf(tree));
  });
  return Math.max(...defects);
}
