import { decodeNumber, markOf, type RunRecord } from "../record.ts";

/** One number of one run, with its place in a table. */
export interface Observation {
  readonly row: string;
  readonly col: string;
  readonly record: RunRecord;
  /** NaN where the run has no such number. */
  readonly value: number;
  /** Standard error over the rows of the test set; NaN where it is unknown. */
  readonly stderr: number;
  readonly provenance: string;
}

/** A member of what may be an object. */
export const member = (x: unknown, key: string): unknown =>
  typeof x === "object" && x !== null ? (x as Record<string, unknown>)[key] : undefined;

/** The value of a key of the configuration: "family.layers". */
export const configValue = (record: RunRecord, key: string): unknown =>
  key.split(".").reduce<unknown>(member, record.config);

/** A value of a configuration as a reader sees it. */
export const asText = (x: unknown): string =>
  x === undefined ? "–" : typeof x === "string" ? x : JSON.stringify(x);

/** Axes beside the keys of the configuration. */
const AXES = ["family", "dataset", "engine"] as const;

/** What an axis of a table stands for in a record: its family, data set, engine, or any key of its configuration. */
export function axisValue(record: RunRecord, axis: string): unknown {
  if (axis === "family" || axis === "dataset") return record[axis];
  return configValue(record, axis === "engine" ? "engine.name" : axis);
}

const axisText = (record: RunRecord, axis: string): string => asText(axisValue(record, axis));

/** The axes that these records have. */
export function axisNames(records: readonly RunRecord[]): readonly string[] {
  const names = new Set<string>(AXES);
  for (const { config } of records)
    for (const [group, value] of Object.entries(config))
      if (typeof value === "object" && value !== null && !Array.isArray(value))
        for (const key of Object.keys(value)) names.add(`${group}.${key}`);
      else names.add(group);
  return [...names];
}

/** A number of the record: a metric, or a number of its training ("seconds"). */
function lookUp(record: RunRecord, metric: string): Omit<Observation, "row" | "col" | "record"> {
  const found = record.metrics[metric];
  const value = found ?? member(record.training, metric) ?? member(record.evaluation, metric);
  return {
    value: decodeNumber(
      found === undefined || found.value !== null ? (found?.value ?? value) : found,
    ),
    stderr: decodeNumber(found?.stderr),
    provenance: markOf(found?.provenance),
  };
}

const isNumber = (x: unknown): boolean =>
  typeof x === "number" || (typeof x === "object" && x !== null && "flag" in x);

/**
 * The metrics that a table of these records can show, those of runs that are done: without one, none.
 *
 * @param layers whether the table has the axis `layer`, which shows numbers of layers
 */
export function metricNames(records: readonly RunRecord[], layers: boolean): readonly string[] {
  const names = records
    .filter(({ status }) => status === "done")
    .flatMap(({ metrics, training = {}, evaluation = {}, layers: perLayer = [] }) => {
      const groups = layers ? perLayer : [training, evaluation];
      const numbers = groups.flatMap((group) =>
        Object.entries(group).flatMap(([name, x]) => (isNumber(x) ? [name] : [])),
      );
      return layers ? numbers : [...Object.keys(metrics), ...numbers];
    });
  return [...new Set(names)].filter(
    (name) => !layers || (name !== "index" && !name.endsWith("Stderr")),
  );
}

/** The numbers that a table of this metric is made of; the axis `layer` gives one for each layer. */
export function observe(
  records: readonly RunRecord[],
  { rows, cols, metric }: { readonly rows: string; readonly cols: string; readonly metric: string },
): readonly Observation[] {
  const place = (record: RunRecord, axis: string, layer?: string): string =>
    axis === "layer" ? (layer ?? "–") : axisText(record, axis);
  if (rows !== "layer" && cols !== "layer")
    return records.map((record) => ({
      row: place(record, rows),
      col: place(record, cols),
      record,
      ...lookUp(record, metric),
    }));
  return records.flatMap((record) =>
    (record.layers ?? []).map((layer) => ({
      row: place(record, rows, String(layer["index"])),
      col: place(record, cols, String(layer["index"])),
      record,
      value: decodeNumber(layer[metric]),
      stderr: decodeNumber(layer[`${metric}Stderr`]),
      provenance: "exact",
    })),
  );
}
