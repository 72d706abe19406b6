/** Nodes and weights of a quadrature rule: Σ weights[i] f(nodes[i]). */
export interface Quadrature {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

/** Gauss–Legendre with six points on [−1, 1]: exact for polynomials up to degree 11 (Abramowitz & Stegun, table 25.4). */
const POINTS = [0.238619186083196909, 0.661209386466264514, 0.932469514203152028] as const;
const WEIGHTS = [0.467913934572691047, 0.360761573048138608, 0.171324492379170345] as const;

/** Composite rule: [from, to] in equal panels, six Gauss–Legendre points in each. */
export function gaussLegendre(from: number, to: number, panels: number): Quadrature {
  const nodes: number[] = [];
  const weights: number[] = [];
  const half = (to - from) / panels / 2;
  for (let panel = 0; panel < panels; panel++) {
    const centre = from + (2 * panel + 1) * half;
    for (const side of [-1, 1])
      POINTS.forEach((point, i) => {
        nodes.push(centre + side * half * point);
        weights.push(half * (WEIGHTS[i] ?? 0));
      });
  }
  return { nodes: Float64Array.from(nodes), weights: Float64Array.from(weights) };
}
