/**
 * An explicit Runge–Kutta method as data, with s stages:
 *
 *     k_i = f(t + c_i h, y + h Σ_{j<i} a_ij k_j)        y′ = y + h Σ_i b_i k_i        error = h Σ_i (b_i − b̂_i) k_i
 *
 * Coefficients are numbers of float64, each the nearest to its fraction.
 */
export interface Tableau {
  /** The word for `family.solver`: "dopri5". */
  readonly name: string;
  /** Authors (year). */
  readonly paper: string;
  /** Order of y′: the error of a whole integration falls as h^order. */
  readonly order: number;
  /** c, s numbers. */
  readonly nodes: readonly number[];
  /** a, row i with its i entries. */
  readonly matrix: readonly (readonly number[])[];
  /** b, s numbers. */
  readonly weights: readonly number[];
  /** b̂, s numbers, and the order of its result; only with it can steps be adaptive. */
  readonly embedded?: { readonly weights: readonly number[]; readonly order: number };
}
