import type { RunRecord } from "../record.ts";
import type { ResolvedRun } from "../runner/config/resolve.ts";
import { digits } from "./describe-record.ts";

type RecordOf = (run: ResolvedRun) => RunRecord | undefined;

const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/** The rungs of each group before they are done: how many configurations for how many steps. */
export async function describeRungs(runs: readonly ResolvedRun[]): Promise<readonly string[]> {
  const { byRung, groupsOf, likelyRuns, verdicts } = await import("../runner/halving.ts");
  const likely = likelyRuns(
    runs,
    verdicts(runs, () => undefined),
  );
  return groupsOf(likely).map((group) => {
    const rungs = byRung(group).map((members) => {
      const candidates = new Set(members.map(({ rung }) => rung?.candidate)).size;
      const steps = Number(members[0]?.config.training["steps"]);
      return `${plural(candidates, "configuration")} for ${plural(steps, "step")}`;
    });
    const seeds = new Set(group.map(({ config }) => config.seed)).size;
    return `${nameOf(group)}: ${rungs.join(", ")}, each with ${plural(seeds, "seed")}`;
  });
}

/** "real-nvp on two-moons". */
function nameOf([first]: readonly ResolvedRun[]): string {
  if (first === undefined) return "";
  const { family, data } = first.config;
  const label = data["label"];
  return `${family.name} on ${typeof label === "string" ? label : data.name}`;
}

/** What tells the configurations of a group from each other, by candidate. */
async function labelsOf(group: readonly ResolvedRun[], recordOf: RecordOf) {
  const { variantsOf } = await import("../report/variants.ts");
  const first = group.filter(({ rung }) => rung?.at === 0);
  const known = first.flatMap((run) => {
    const record = recordOf(run);
    return record === undefined ? [] : [{ run, record }];
  });
  const texts = variantsOf(
    known.map(({ record }) => ({ record, row: "", place: "" })),
    ["training.steps"],
  );
  return new Map(known.map(({ run }, i) => [run.rung?.candidate, texts[i] ?? ""]));
}

/** For each group how many went on at each rung, and the best of the last one that has ended. */
export async function describeHalving(
  runs: readonly ResolvedRun[],
  recordOf: RecordOf,
): Promise<readonly string[]> {
  const { groupsOf, rungResults } = await import("../runner/halving.ts");
  const lines: string[] = [];
  for (const group of groupsOf(runs)) {
    const results = rungResults(group, recordOf);
    const ended = results.filter(({ survivors }) => survivors !== undefined).at(-1);
    const counts = results.map(({ standings }) => standings.length).join(" → ");
    const [best] = ended?.standings ?? [];
    const record = best?.runs[0] && recordOf(best.runs[0]);
    if (best?.score === undefined || !Number.isFinite(best.score) || record === undefined) {
      const why =
        ended === undefined
          ? "and no best one yet"
          : "of which none has a finite number on validation rows, so that none goes on";
      lines.push(`${nameOf(group)}: ${counts} configurations, ${why}`);
      continue;
    }
    const label = (await labelsOf(group, recordOf)).get(best.candidate) ?? "";
    const steps = String(record.training?.["steps"]);
    const monitor = (record.training?.["valMonitor"] as { readonly name?: unknown }).name;
    lines.push(
      `${nameOf(group)}: ${counts} configurations; best after ${steps} steps: ${label}, with a mean ${String(monitor)} of ${digits(best.score)} on validation rows (${plural(best.runs.length, "seed")})`,
    );
  }
  return lines;
}
