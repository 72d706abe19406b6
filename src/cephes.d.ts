/**
 * What is used of cephes (Moshier's library, compiled to WebAssembly). Its package has typings, but not where TypeScript
 * looks for those of an ES module.
 */
declare module "cephes" {
  /** Settles when the functions can be called. */
  export const compiled: Promise<void>;
  /** P(T ≤ t) of Student's t with k degrees of freedom, a whole number. */
  export function stdtr(k: number, t: number): number;
}
