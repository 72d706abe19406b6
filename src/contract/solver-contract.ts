import type { EngineOptions } from "../engine/index.ts";
import { solve } from "../ode/solve.ts";
import type { Tableau } from "../ode/tableau.ts";
import { tableauFault } from "../ode/tableau-fault.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { orderDefect } from "./order-conditions.ts";
import { FLOAT64 } from "./setting.ts";
import { adaptiveChecks } from "./adaptive-checks.ts";
import { BACK, distance, END, FORTH, smooth, solved } from "./solver-program.ts";

export interface SolverContractOptions {
  /** In float64, where orders can be measured; the CPU by default. */
  readonly engine?: EngineOptions;
}

/**
 * What a Runge–Kutta method must satisfy: its coefficients, the order that it shows on a problem with a known solution, and
 * with an error estimate what adaptive steps make of it.
 */
export function solverContract(
  tableau: Tableau,
  { engine = FLOAT64 }: SolverContractOptions = {},
): readonly Check[] {
  const { name, embedded } = tableau;
  return [
    check(`${name}: is a consistent explicit method`, () => {
      const fault = tableauFault(tableau);
      expect(fault === undefined, `${fault ?? ""}.`);
    }),
    ...orderChecks(name, tableau, engine),
    ...(embedded
      ? [
          ...orderChecks(
            `${name}, embedded`,
            { ...tableau, order: embedded.order, weights: embedded.weights },
            engine,
          ),
          ...adaptiveChecks(tableau, engine),
        ]
      : []),
    check(`${name}: fixed steps backwards return to the start`, async () => {
      const solver = { tableau, steps: 512, looped: true };
      const { there, again } = await solved(
        [smooth.solution(0)],
        (start) => {
          const first = solve(smooth.dynamics, start, FORTH, solver);
          return { there: first, again: solve(smooth.dynamics, first.end, BACK, solver) };
        },
        engine,
      );
      expectClose("time", [...there.reached, ...again.reached], [END, 0], 0);
      // The error of one way grows or shrinks on the other.
      const error = distance(there.end, smooth.solution(END));
      const gap = distance(again.end, smooth.solution(0));
      expect(
        gap <= 100 * error + 1e-12,
        `it misses the start by ${gap}, and the end by ${error} only.`,
      );
    }),
  ];
}

/** The range of errors in which the order shows: below, round-off rules; above, terms of higher order. */
const [LEAST_ERROR, MOST_ERROR] = [1e-12, 0.1];
const STEPS = [8, 16, 32, 64, 128, 256, 512, 1024];

function orderChecks(label: string, tableau: Tableau, engine: EngineOptions): readonly Check[] {
  const { order } = tableau;
  return [
    check(`${label}: satisfies the conditions of order ${order}`, () => {
      for (let p = 1; p <= order; p++) {
        const defect = orderDefect(tableau, p);
        expect(defect < 1e-12, `a condition of order ${p} is missed by ${defect}.`);
      }
      const next = orderDefect(tableau, order + 1);
      expect(
        next > 1e-9,
        `the conditions of order ${order + 1} hold as well (to ${next}); state that order.`,
      );
    }),
    check(`${label}: the error falls with order ${order}`, async () => {
      const results = await solved(
        [smooth.solution(0)],
        (start) =>
          Object.fromEntries(
            STEPS.map((steps) => [
              steps,
              solve(smooth.dynamics, start, FORTH, { tableau, steps, looped: true }),
            ]),
          ),
        engine,
      );
      const errors = STEPS.map((steps) =>
        distance(results[steps]?.end ?? [], smooth.solution(END)),
      );
      const fine = errors.findLastIndex((error) => error >= LEAST_ERROR);
      const [coarser = NaN, finer = NaN] = [errors[fine - 1], errors[fine]];
      expect(
        coarser <= MOST_ERROR,
        `no two numbers of steps have errors in [${LEAST_ERROR}, ${MOST_ERROR}]: ${errors.join(", ")}.`,
      );
      const slope = Math.log2(coarser / finer);
      expect(
        Math.abs(slope - order) <= 0.2,
        `expected ${order}, measured ${slope} between ${STEPS[fine - 1] ?? 0} and ${STEPS[fine] ?? 0} steps.`,
      );
    }),
  ];
}
