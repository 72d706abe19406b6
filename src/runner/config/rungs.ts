import { distinctBy, groupBy } from "../../math/group-by.ts";
import { canonical } from "./config-hash.ts";
import type { Draft } from "./draft.ts";
import type { Origin, Problem } from "./problem.ts";
import type { ResolvedRun } from "./resolve.ts";

/** How a halving goes about; see halving.ts. */
export interface Halving {
  /** One of so many configurations goes on, with so many times the steps. */
  readonly factor: number;
  /** training.steps of the smallest budget at least. */
  readonly minSteps: number;
}

/** A run with the whole budget, and what was said about it. */
export interface Resolved {
  readonly draft: Draft;
  readonly run: ResolvedRun;
}

const origin: Origin = { kind: "argument", text: "--sampler halving" };

/** What makes runs compete with each other. */
const groupOf = ({ config }: ResolvedRun): string =>
  canonical([config.family.name, { ...config.data }]);

const stepsOf = ({ config }: ResolvedRun): number => Number(config.training["steps"]);

/** Keys that decide what is compared, or by what, and so are the same in all of a group. */
const SHARED = ["steps", "epochs", "monitor"] as const;

function problemsOf(runs: readonly ResolvedRun[]): readonly Problem[] {
  const [first] = runs;
  const differing = SHARED.filter(
    (key) => new Set(runs.map(({ config }) => canonical(config.training[key] ?? null))).size > 1,
  ).map((key) => ({
    origin,
    message: `runs of one family and data set differ in training.${key}, and so cannot compete; give it one value.`,
  }));
  const split: unknown = first?.config.data["split"];
  const unjudged = Array.isArray(split) && split[1] === 0;
  const inEpochs = (first?.config.training["epochs"] ?? null) !== null;
  return [
    ...differing,
    ...(inEpochs
      ? [{ origin, message: "it divides training.steps; give these instead of training.epochs." }]
      : []),
    ...(unjudged
      ? [
          {
            origin,
            message: `configurations are judged by validation rows, and data.split=${JSON.stringify(split)} leaves none; give them a share.`,
          },
        ]
      : []),
  ];
}

/**
 * Steps of each rung, the last of them the whole budget: as many rungs as it takes to leave one configuration, or as the
 * smallest budget admits.
 */
export function budgets(
  configurations: number,
  steps: number,
  { factor, minSteps }: Halving,
): readonly number[] {
  const found = [steps];
  for (
    let left = configurations;
    left >= factor && (found[0] ?? 0) / factor >= minSteps;
    left = Math.floor(left / factor)
  )
    found.unshift((found[0] ?? 0) / factor);
  return found.map(Math.round);
}

/** Which of the two that it needs is lacking. */
function nothingToHalve(resolved: readonly Resolved[], { factor, minSteps }: Halving): string {
  const groups = [...groupBy(resolved, ({ run }) => groupOf(run)).values()];
  const most = Math.max(
    ...groups.map((group) => new Set(group.map(({ run }) => run.configHash)).size),
  );
  if (most < factor)
    return `nothing to halve: it needs at least ${factor} configurations of one family on one data set, beside their seeds, got ${most}. Give a key several values or a range, as in training.learningRate=log(1e-4,1e-2).`;
  const steps = Math.max(...resolved.map(({ run }) => stepsOf(run)));
  return `nothing to halve: it needs training.steps of at least ${factor * minSteps}, ${factor} times --min-steps ${minSteps}, got ${steps}. Give more steps, or lower --min-steps.`;
}

/**
 * All rungs of all configurations, rung by rung, as one list.
 *
 * @param withSteps resolves a draft again with another number of steps, which its other keys may depend on
 */
export async function addRungs(
  resolved: readonly Resolved[],
  halving: Halving,
  withSteps: (draft: Draft, steps: number) => Promise<ResolvedRun | undefined>,
): Promise<{ readonly runs: readonly ResolvedRun[]; readonly problems: readonly Problem[] }> {
  const found: ResolvedRun[] = [];
  const problems: Problem[] = [];
  for (const [group, members] of groupBy(resolved, ({ run }) => groupOf(run))) {
    const runs = members.map(({ run }) => run);
    const [first] = runs;
    problems.push(...problemsOf(runs));
    if (problems.length > 0 || first === undefined) continue;
    const candidates = new Set(runs.map(({ configHash }) => configHash)).size;
    const steps = budgets(candidates, stepsOf(first), halving);
    for (const [at, budget] of steps.entries())
      for (const { draft, run } of members) {
        const own = at === steps.length - 1 ? run : await withSteps(draft, budget);
        const rung = { group, candidate: run.configHash, at, of: steps.length };
        if (own !== undefined) found.push({ ...own, rung: { ...rung, factor: halving.factor } });
      }
  }
  found.sort((a, b) => (a.rung?.at ?? 0) - (b.rung?.at ?? 0));
  if (problems.length === 0 && found.every(({ rung }) => rung?.of === 1))
    problems.push({ origin, message: nothingToHalve(resolved, halving) });
  return { runs: found, problems: distinctBy(problems, (problem) => problem.message) };
}
