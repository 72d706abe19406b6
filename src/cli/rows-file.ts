import { readFileSync } from "node:fs";
import { extname } from "node:path";
import { readNpy, writeNpy } from "../datasets/npy.ts";
import { makeRows, rowSize, type Rows } from "../math/rows.ts";
import { writeAtomic } from "../runner/store/atomic-write.ts";
import { messageOf, UserError } from "../runner/user-error.ts";

/** Text of rows: a header, then one line each, with digits enough to give back the same doubles. */
function toCsv(rows: Rows, columns: readonly string[]): string {
  const size = rowSize(rows);
  const lines = [columns.join(",")];
  for (let i = 0; i < rows.count; i += 1)
    lines.push(rows.values.subarray(i * size, (i + 1) * size).join(","));
  return `${lines.join("\n")}\n`;
}

const FORMATS = "expected a name that ends in .npy or .csv";

/** Writes rows as `.npy` or `.csv`, as the name says. */
export function writeRows(path: string, rows: Rows, columns: readonly string[]): void {
  const extension = extname(path);
  if (extension !== ".npy" && extension !== ".csv")
    throw new UserError(`--out ${path}: ${FORMATS}.`);
  try {
    writeAtomic(
      path,
      extension === ".npy"
        ? writeNpy(rows.values, [rows.count, ...rows.shape])
        : toCsv(rows, columns),
    );
  } catch (error) {
    throw new UserError(`cannot write ${path}: ${messageOf(error)}.`, { cause: error });
  }
}

/** A field of a line as a number; empty or other text is an error at its place. */
function parseField(text: string, where: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isFinite(value))
    throw new UserError(`${where}: expected a finite number, got "${text}".`);
  return value;
}

/** Rows of a `.npy` or `.csv` file (with or without a header) that have the given shape. */
export function readRows(path: string, shape: readonly number[]): Rows {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${messageOf(error)}.`, { cause: error });
  }
  const size = shape.reduce((product, d) => product * d, 1);
  if (extname(path) === ".npy") {
    const { shape: found, values } = readNpy(bytes, path);
    if (found.slice(1).reduce((product, d) => product * d, 1) !== size)
      throw new UserError(
        `${path}: expected rows of ${size} numbers, got shape [${found.join(", ")}].`,
      );
    return makeRows(values, shape);
  }
  const numbers: number[] = [];
  bytes
    .toString("utf8")
    .split(/\r?\n/)
    .forEach((line, i) => {
      if (line.trim() === "" || line.startsWith("#")) return;
      const fields = line.split(",");
      if (i === 0 && fields.every((field) => !Number.isFinite(Number(field)))) return;
      const where = `${path}:${i + 1}`;
      if (fields.length !== size)
        throw new UserError(`${where}: expected ${size} numbers, got ${fields.length}.`);
      numbers.push(...fields.map((field) => parseField(field, where)));
    });
  return makeRows(Float64Array.from(numbers), shape);
}
