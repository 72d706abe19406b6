import type { EngineOptions } from "../engine/index.ts";
import { solve } from "../ode/solve.ts";
import type { AdaptiveSteps } from "../ode/solver.ts";
import type { Tableau } from "../ode/tableau.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import {
  BACK,
  distance,
  END,
  explosion,
  FORTH,
  relaxation,
  smooth,
  solved,
} from "./solver-program.ts";

/** What adaptive steps of a method with an error estimate must do. */
export const adaptiveChecks = (tableau: Tableau, engine: EngineOptions): readonly Check[] =>
  [proportional, backwards, exhaustion, blowUp, independence].map((make) =>
    make(
      tableau.name,
      (tolerance, maxSteps = 20_000) => ({ tableau, rtol: tolerance, atol: tolerance, maxSteps }),
      engine,
    ),
  );

/** Steps within a tolerance. */
type Within = (tolerance: number, maxSteps?: number) => AdaptiveSteps;

const proportional = (name: string, within: Within, engine: EngineOptions): Check =>
  check(`${name}: the error of adaptive steps is proportional to the tolerance`, async () => {
    const tolerances = [1e-3, 1e-4, 1e-5, 1e-6];
    const results = await solved(
      [smooth.solution(0)],
      (start) =>
        Object.fromEntries(
          tolerances.map((tolerance) => [
            tolerance,
            solve(smooth.dynamics, start, FORTH, within(tolerance)),
          ]),
        ),
      engine,
    );
    const errors = tolerances.map((tolerance) =>
      distance(results[tolerance]?.end ?? [], smooth.solution(END)),
    );
    // Steps differ in how much of the tolerance they use, so that single ratios scatter.
    const slope = Math.log10((errors[0] ?? NaN) / (errors[3] ?? NaN)) / 3;
    expect(Math.abs(slope - 1) <= 0.25, `errors ${errors.join(", ")}: slope ${slope}, not 1.`);
    errors.forEach((error, i) => {
      const tolerance = tolerances[i] ?? NaN;
      // Some steps, each with an error of at most one tolerance.
      expect(
        error <= 50 * tolerance,
        `error ${error} at tolerance ${tolerance}; expected at most 50 of it.`,
      );
    });
  });

const backwards = (name: string, within: Within, engine: EngineOptions): Check =>
  check(`${name}: adaptive steps backwards return, and meet the times between`, async () => {
    const at = [0.7, 2.5];
    const solver = within(1e-6);
    // An error at t = 4 is (1 + t²)² times as large at 0.
    const bound = 50 * 17 ** 2 * 1e-6;
    const { there, again } = await solved(
      [smooth.solution(0)],
      (start) => {
        const first = solve(smooth.dynamics, start, { ...FORTH, at }, solver);
        const back = { ...BACK, at: at.toReversed() };
        return { there: first, again: solve(smooth.dynamics, first.end, back, solver) };
      },
      engine,
    );
    expectClose("time", [...there.reached, ...again.reached], [END, 0], 0);
    expectClose("start", again.end, smooth.solution(0), bound);
    at.forEach((time, i) => {
      expectClose(`y at ${time}`, there.at[i] ?? [], smooth.solution(time), 50e-6);
      expectClose(`y at ${time}, back`, again.at[1 - i] ?? [], smooth.solution(time), bound);
    });
  });

const exhaustion = (name: string, within: Within, engine: EngineOptions): Check =>
  check(`${name}: a spent budget and a stiff row are reported with the time reached`, async () => {
    const maxSteps = 200;
    // Steps beyond 2/λ or so are unstable, so that 200 of them end before t = 0.01.
    const { few } = await solved(
      [
        [1, 1],
        [1, 1e6],
      ],
      (start) => ({
        few: solve(relaxation, start, { from: 0, to: 1 }, within(1e-3, maxSteps)),
      }),
      engine,
    );
    const [easy = NaN, , stiff = NaN] = few.end;
    expectClose("the row that is not stiff", [easy], [relaxed(1)], 1e-2);
    expect(Number.isNaN(stiff), `the stiff row ends as ${stiff}, expected NaN.`);
    const [end = NaN, reached = NaN] = few.reached;
    expectClose("time of the row that is not stiff", [end], [1], 0);
    expect(reached > 0 && reached < 0.01, `the stiff row reached ${reached}, not 0 to 0.01.`);
    const [cheap = NaN, dear = NaN] = few.evaluations;
    expect(
      dear >= maxSteps && cheap < dear / 2,
      `the stiff row took ${dear} evaluations, the other one ${cheap}.`,
    );
  });

const blowUp = (name: string, within: Within, engine: EngineOptions): Check =>
  check(`${name}: a solution that blows up ends where it does`, async () => {
    const { blown } = await solved(
      [[1]],
      (start) => ({ blown: solve(explosion, start, { from: 0, to: 2 }, within(1e-4, 2000)) }),
      engine,
    );
    expect(Number.isNaN(blown.end[0]), `it ends as ${blown.end[0] ?? ""}, expected NaN.`);
    expectClose("time reached", blown.reached, [1], 1e-3);
  });

const independence = (name: string, within: Within, engine: EngineOptions): Check =>
  check(`${name}: a row does not depend on the rows beside it`, async () => {
    const rates = [1, 7, 50];
    const run = async (rows: readonly number[]) => {
      const start = rows.map((rate) => [1, rate]);
      const { r } = await solved(
        start,
        (from) => ({ r: solve(relaxation, from, { from: 0, to: 1, at: [0.4] }, within(1e-5)) }),
        engine,
      );
      return [r.end, r.at[0] ?? []].map((y) => Array.from(y).filter((_, i) => i % 2 === 0));
    };
    const [end = [], between = []] = await run(rates);
    for (const [i, rate] of rates.entries()) {
      const [alone = [], before = []] = await run([rate]);
      // Vectors of other lengths may round otherwise in the last digit.
      expectClose(`λ = ${rate}`, [end[i] ?? NaN], alone, 1e-12);
      expectClose(`λ = ${rate} at 0.4`, [between[i] ?? NaN], before, 1e-12);
    }
  });

/** The solution of y′ = cos t − y from 1 at t = 0. */
const relaxed = (t: number): number => (Math.cos(t) + Math.sin(t) + Math.exp(-t)) / 2;
