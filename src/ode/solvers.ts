import { wordTable } from "../word-table.ts";
import type { Tableau } from "./tableau.ts";
import { bosh3, dopri5, euler, heun, midpoint, rk4, tsit5 } from "./tableaus.ts";

/** Runge–Kutta methods by the word for `family.solver`; plugins add to them. */
export const solvers = wordTable<Tableau>("solver", {
  euler,
  midpoint,
  heun,
  rk4,
  bosh3,
  dopri5,
  tsit5,
});
