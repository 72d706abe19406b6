import { existsSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readJsonLines } from "./jsonl.ts";

interface Listed {
  readonly runId?: string;
  readonly origins?: Readonly<Record<string, string>>;
}

/**
 * Where the values of runs were written, from the list of runs of the sweep that they lie in. A run on its own did not keep
 * it.
 *
 * @returns of a run's folder and a key, "default" for one that was not written anywhere; undefined where it is unknown
 */
export function originReader(): (folder: string, key: string) => string | undefined {
  const lists = new Map<string, ReadonlyMap<string, Listed["origins"]>>();
  const listOf = (sweep: string): ReadonlyMap<string, Listed["origins"]> => {
    const known = lists.get(sweep);
    if (known !== undefined) return known;
    const path = join(sweep, "runs.jsonl");
    const records = existsSync(path) ? (readJsonLines(path).records as readonly Listed[]) : [];
    const read = new Map(records.map(({ runId = "", origins }) => [runId, origins]));
    lists.set(sweep, read);
    return read;
  };
  return (folder, key) => {
    const path = resolve(folder);
    const origins = listOf(dirname(path)).get(basename(path));
    return origins === undefined ? undefined : (origins[key] ?? "default");
  };
}
