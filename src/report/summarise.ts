import { from, op } from "arquero";
import type { Observation } from "./observation.ts";

/** What the seeds of one configuration gave. */
export interface Summary {
  readonly row: string;
  readonly col: string;
  /** Mean over the runs that are done and have a finite value; null if there is none. */
  readonly mean: number | null;
  /** Standard error over seeds; over the rows of the test set where there is one seed; null if neither is known. */
  readonly stderr: number | null;
  readonly stderrOver: "seeds" | "rows" | null;
  /** Runs in the mean. */
  readonly n: number;
  readonly failed: number;
  readonly diverged: number;
  /** Runs that are done, but whose value is missing or not finite. */
  readonly nonfinite: number;
  readonly seeds: readonly number[];
  /** Kinds of likelihood that went in: "exact", "bound", … */
  readonly provenance: readonly string[];
}

const finite = (x: unknown): number | null =>
  typeof x === "number" && Number.isFinite(x) ? x : null;

/**
 * Gathers observations by place, in the order in which places first appear.
 *
 * arquero's mean skips NaN without a word and the deviation of one row is undefined, so each kind of run is counted
 * in its own column and only finite values of done runs are averaged.
 */
export function summarise(observations: readonly Observation[]): readonly Summary[] {
  if (observations.length === 0) return [];
  const rows = observations.map((o) => {
    const done = o.record.status === "done";
    const usable = done && Number.isFinite(o.value);
    return {
      place: JSON.stringify([o.row, o.col]),
      value: usable ? o.value : null,
      stderr: usable && Number.isFinite(o.stderr) ? o.stderr : null,
      usable: usable ? 1 : 0,
      failed: o.record.status === "failed" ? 1 : 0,
      diverged: o.record.status === "diverged" ? 1 : 0,
      nonfinite: done && !usable ? 1 : 0,
      seed: o.record.seed,
      provenance: usable ? o.provenance : null,
    };
  });
  const rolled = from(rows)
    .groupby("place")
    .rollup({
      mean: op.mean("value"),
      deviation: op.stdev("value"),
      rowStderr: op.mean("stderr"),
      n: op.sum("usable"),
      failed: op.sum("failed"),
      diverged: op.sum("diverged"),
      nonfinite: op.sum("nonfinite"),
      seeds: op.array_agg("seed"),
      provenance: op.array_agg_distinct("provenance"),
    })
    .objects() as Record<string, unknown>[];
  return rolled.map((r): Summary => {
    const [row = "", col = ""] = JSON.parse(String(r["place"])) as string[];
    const n = Number(r["n"]);
    const stderr = n > 1 ? finite(Number(r["deviation"]) / Math.sqrt(n)) : finite(r["rowStderr"]);
    return {
      row,
      col,
      mean: n > 0 ? finite(r["mean"]) : null,
      stderr: n > 0 ? stderr : null,
      stderrOver: n > 1 ? "seeds" : n === 1 && stderr !== null ? "rows" : null,
      n,
      failed: Number(r["failed"]),
      diverged: Number(r["diverged"]),
      nonfinite: Number(r["nonfinite"]),
      seeds: (r["seeds"] as number[]).toSorted((a, b) => a - b),
      provenance: (r["provenance"] as unknown[]).filter((p): p is string => typeof p === "string"),
    };
  });
}
