import type { CommandModule } from "yargs";
import type { Candidate, MergePlan } from "../runner/merge.ts";
import { UserError } from "../runner/user-error.ts";
import { note, print } from "./output.ts";

interface MergeArguments {
  readonly dirs: string[];
  readonly out: string;
  readonly "dry-run": boolean;
  readonly json: boolean;
}

/**
 * Refuses sweeps of which the numbers may not stand in one table. A key of the data that one of the sweeps varies is what
 * is asked there, not a contradiction between them.
 */
async function checkComparable({ sources, chosen, left }: MergePlan): Promise<void> {
  const { assertComparable, differingKeys, Incomparable } = await import("../report/comparable.ts");
  const { groupBy } = await import("../math/group-by.ts");
  const all = [...chosen, ...left];
  const recordsOf = (candidates: readonly Candidate[]) =>
    candidates.flatMap(({ record }) => (record === undefined ? [] : [record]));
  const varied = sources.flatMap((source) => {
    const records = recordsOf(all.filter(({ sweep }) => sweep === source));
    return [...groupBy(records, ({ dataset }) => dataset).values()].flatMap((members) =>
      differingKeys(members, "data"),
    );
  });
  try {
    assertComparable(recordsOf(all), ["dataset", ...new Set(varied)]);
  } catch (error) {
    if (!(error instanceof Incomparable)) throw error;
    throw new UserError(
      `${error.reason}. Merge sweeps that agree, and give table the others as folders of their own.`,
      { cause: error },
    );
  }
}

const stateText = ({ record }: Candidate): string => record?.status ?? "unfinished";

function describe({ chosen, left, sources }: MergePlan, out: string): string {
  const counts = new Map<string, number>();
  for (const one of chosen) counts.set(stateText(one), (counts.get(stateText(one)) ?? 0) + 1);
  const twice = left.length === 0 ? "" : `; ${left.length} that stood twice became one`;
  return `${chosen.length} runs of ${sources.length} sweeps into ${out}: ${[...counts].map(([state, n]) => `${n} ${state}`).join(", ")}${twice}`;
}

export const mergeCommand: CommandModule<unknown, MergeArguments> = {
  command: "merge <dirs..>",
  describe: "Make one sweep of several, such as those of several machines",
  builder: (args) =>
    args
      .positional("dirs", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "folders of sweeps, which stay as they are",
      })
      .option("out", { type: "string", demandOption: true, describe: "the new sweep's folder" })
      .option("dry-run", { type: "boolean", default: false, describe: "only say what it would be" })
      .option("json", { type: "boolean", default: false, describe: "an object per run" })
      .example("$0 merge runs/here runs/there --out runs/both", ""),
  async handler({ dirs, out, "dry-run": dryRun, json }) {
    const { planMerge, writeMerge } = await import("../runner/merge.ts");
    const { reading } = await import("../runner/store/locate.ts");
    const plan = reading(dirs.join(", "), () => planMerge(dirs, out));
    await checkComparable(plan);
    const places = new Set(plan.sources.map(({ spec }) => spec.cwd));
    if (places.size > 1)
      note(
        `The sweeps were begun in different folders; relative paths of unfinished runs start in ${process.cwd()}.`,
      );
    if (!dryRun) writeMerge(plan, out);
    if (json)
      for (const one of plan.chosen)
        print(
          JSON.stringify({
            ...{ runId: one.run.runId, state: stateText(one), from: one.sweep.folder },
          }),
        );
    else print(describe(plan, out));
    if (!dryRun) note(`Next: flowmeter status ${out}`);
  },
};
