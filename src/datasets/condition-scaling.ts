import { columnDeviations, columnMeans } from "../math/moments.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import { conditionColumns, expandAttributes, oneHotColumns } from "./attributes.ts";
import { DataError } from "./data-error.ts";
import type { Attribute, Condition } from "./dataset.ts";
import { standardisationFromJSON } from "./standardise.ts";

/** What is saved of a condition. */
export interface StoredCondition {
  readonly of: readonly Attribute[];
  /** [C] */
  readonly mean: readonly number[];
  /** [C] */
  readonly scale: readonly number[];
}

/** Between a condition as the user gives it and as the model sees it: numbers standardised, one-hot groups as they are. */
export interface ConditionScaling {
  readonly of: readonly Attribute[];
  /** [C], names of what the model sees. */
  readonly columns: readonly string[];
  /**
   * [C] or [A] per row → [C] as the model sees it. In the short form, one number per attribute, a class is its word where
   * the words are numbers, else the index of its word.
   *
   * @throws DataError on rows of another width, and for an unknown class
   */
  apply(rows: Rows): Rows;
  toJSON(): StoredCondition;
}

/** Fitted on the training rows. */
export function fitConditionScaling({ of, oneHot, train }: Condition): ConditionScaling {
  const mean = columnMeans(train);
  const scale = columnDeviations(train, mean);
  return conditionScaling({
    of,
    mean: [...mean].map((value, j) => (oneHot[j] === true ? 0 : value)),
    scale: [...scale].map((value, j) => (oneHot[j] === true ? 1 : value)),
  });
}

/** From what `toJSON` gave. */
export function conditionScaling(stored: StoredCondition): ConditionScaling {
  const { of } = stored;
  const columns = conditionColumns(of);
  const scaling = standardisationFromJSON(stored);
  return {
    of,
    columns,
    apply(rows) {
      const size = rowSize(rows);
      if (size === columns.length) return scaling.apply(checkOneHot(of, rows));
      if (size === of.length) return scaling.apply(expandAttributes(of, classIndices(of, rows)));
      const short = of.length < columns.length ? `${of.length} numbers (${namesOf(of)}), or ` : "";
      throw new DataError(
        `context: expected ${short}${columns.length} numbers (${columns.join(", ")}) per row, got ${size}; ` +
          "give one value for each.",
      );
    },
    toJSON: () => stored,
  };
}

const namesOf = (of: readonly Attribute[]): string => of.map(({ name }) => name).join(", ");

/** Whether the words of a class are numbers, so that a number means the word. */
const areNumbers = (words: readonly string[]): boolean =>
  words.every((word) => word !== "" && Number.isFinite(Number(word)));

/** The class that a number means; throws DataError where it means none. */
function classOf(name: string, words: readonly string[], value: number, row: number): number {
  const index = areNumbers(words) ? words.findIndex((word) => Number(word) === value) : value;
  if (Number.isInteger(index) && index >= 0 && index < words.length) return index;
  const expected = areNumbers(words)
    ? `one of ${words.join(", ")}`
    : `an index from 0 to ${words.length - 1} (${words.join(", ")})`;
  throw new DataError(
    `context: row ${row}: expected ${expected} for "${name}", got ${value}; give a class that the training rows have.`,
  );
}

function classIndices(of: readonly Attribute[], rows: Rows): Rows {
  const values = rows.values.map((value, k) => {
    const { name = "", classes } = of[k % of.length] ?? {};
    return classes === undefined ? value : classOf(name, classes, value, Math.floor(k / of.length));
  });
  return { ...rows, values };
}

/** Each group has one 1 and else 0. */
function checkOneHot(of: readonly Attribute[], rows: Rows): Rows {
  const hot = oneHotColumns(of);
  const width = hot.length;
  for (let i = 0; i < rows.count; i++) {
    let at = i * width;
    for (const { name, classes } of of) {
      const group = rows.values.subarray(at, (at += classes?.length ?? 1));
      const ones = group.filter((value) => value === 1).length;
      const zeros = group.filter((value) => value === 0).length;
      if (classes !== undefined && (ones !== 1 || zeros !== group.length - 1))
        throw new DataError(
          `context: row ${i}: expected one 1 and else 0 for the classes of "${name}", got [${group.join(", ")}]; ` +
            "mark one class.",
        );
    }
  }
  return rows;
}
