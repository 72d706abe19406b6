import type { RunRecord } from "../record.ts";
import { groupBy } from "../math/group-by.ts";
import { configValue } from "./observation.ts";

/** Thrown instead of a table that would set numbers side by side which do not belong together. */
export class Incomparable extends Error {
  override readonly name = "Incomparable";
  /** Without what to do about it, which is another thing for each command. */
  readonly reason: string;

  constructor(reason: string, cure: string) {
    super(`${reason}${cure}`);
    this.reason = reason;
  }
}

/** Keys that change how rows are arranged, and not what a number means: a flattened image has the same likelihood. */
const SAME_NUMBERS: readonly string[] = ["data.flatten"];

/** Keys below a group of the configuration in which records differ. */
export function differingKeys(records: readonly RunRecord[], group: string): readonly string[] {
  const keys = new Set(records.flatMap((record) => Object.keys(configValue(record, group) ?? {})));
  return [...keys]
    .map((key) => `${group}.${key}`)
    .filter((key) => new Set(records.map((r) => JSON.stringify(configValue(r, key)))).size > 1);
}

/**
 * What to type so that keys of the data become axes, in place of the axis that then says least. One key per axis: more of them must be
 * chosen from.
 */
function axisAdvice(
  keys: readonly string[],
  [rows, cols]: readonly string[],
  [dataset, count]: readonly [string, number],
): string {
  const [first = "", second] = keys;
  if (keys.length > 2) return `Choose among them, as in --where ${first}=VALUE`;
  const isTaken = cols === "layer" || (cols?.startsWith("data.") ?? false);
  const option = rows === "dataset" || (cols !== "dataset" && isTaken) ? "--rows" : "--cols";
  const axes = second === undefined ? `${option} ${first}` : `--rows ${first} --cols ${second}`;
  const word = `dataset=${dataset}`;
  const where = count === 1 ? "" : `--where ${/\s/.test(word) ? `"${word}"` : word} `;
  return `Make ${second === undefined ? "the key an axis" : "the keys axes"} (${where}${axes})`;
}

/** Whatever the seeds: a file that is split by each of them anew must be the same file. */
function assertSameFiles(members: readonly RunRecord[], dataset: string): void {
  const read = members.flatMap(({ provenance: { dataFiles } }) =>
    typeof dataFiles === "object" && dataFiles !== null ? Object.entries(dataFiles) : [],
  );
  for (const [path, found] of groupBy(read, ([name]) => name))
    if (new Set(found.map(([, digest]) => String(digest))).size > 1)
      throw new Incomparable(
        `the runs on ${dataset} read ${path}, which was changed between them`,
        ". Run the older ones again.",
      );
}

/**
 * Checks that numbers may stand side by side: per data set one specification of data, split and preprocessing (but for
 * keys that are an axis of the table), and for each seed the same rows.
 *
 * @param axes the table's rows and columns
 * @throws Incomparable with the reason and what to do
 */
export function assertComparable(records: readonly RunRecord[], axes: readonly string[]): void {
  const dataAxes = axes.filter((axis) => axis.startsWith("data."));
  const dataOf = (r: RunRecord): unknown[] => dataAxes.map((axis) => configValue(r, axis) ?? null);
  if (!axes.includes("dataset"))
    for (const members of groupBy(records, (r) => JSON.stringify(dataOf(r))).values()) {
      const datasets = new Set(members.map((record) => record.dataset));
      if (datasets.size > 1)
        throw new Incomparable(
          `the runs are on different data sets (${[...datasets].join(", ")})`,
          `; give --rows or --cols dataset, --where dataset=${members[0]?.dataset ?? ""}, or fewer folders.`,
        );
    }
  const together = groupBy(records, (r) => JSON.stringify([r.dataset, ...dataOf(r)]));
  for (const members of together.values()) {
    const dataset = members[0]?.dataset ?? "";
    const different = differingKeys(members, "data").filter(
      (key) => !axes.includes(key) && !SAME_NUMBERS.includes(key),
    );
    if (different.length > 0) {
      const detail = different.map((key) => {
        const values = new Set(members.map((r) => JSON.stringify(configValue(r, key))));
        return `${key} is ${[...values].join(" and ")}`;
      });
      throw new Incomparable(
        `the runs on ${dataset} do not share data, split and preprocessing: ${detail.join("; ")}`,
        `. ${axisAdvice(different, axes, [dataset, new Set(records.map((r) => r.dataset)).size])}, or give folders that agree.`,
      );
    }
    assertSameFiles(members, dataset);
    const drawn = groupBy(members, (r) => String(r.seed));
    for (const [, replicate] of drawn) {
      const digests = new Set(
        replicate.map((r) => r.provenance["dataDigest"]).filter((d) => typeof d === "string"),
      );
      if (digests.size > 1)
        throw new Incomparable(
          `the runs on ${dataset} with seed ${replicate[0]?.seed ?? 0} saw different rows (digests ${[...digests].join(", ")}): a file was changed, or another version drew them`,
          ". Run the older ones again.",
        );
    }
  }
}
