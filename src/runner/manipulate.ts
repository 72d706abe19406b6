import { conditionColumns, pickEntries } from "../datasets/attributes.ts";
import type { Dataset } from "../datasets/dataset.ts";
import { attributeDirection } from "../evaluation/attribute-direction.ts";
import { interpolate } from "../evaluation/interpolate.ts";
import { firstRows, makeRows, rowSize, selectRows, type Rows } from "../math/rows.ts";
import { unknownName } from "../registry.ts";
import type { Flow } from "./flow.ts";
import { UserError } from "./user-error.ts";

/** Training rows that a direction is the mean of, at most. */
const DIRECTION_ROWS = 4096;

/** A trained flow with the data that it was trained on. */
export interface Subject {
  readonly flow: Pick<Flow, "encode" | "decode">;
  readonly dataset: Dataset;
}

/** Values and class of an attribute as the user names it: `smile`, or `digit=3` for a class. */
function findAttribute(
  { attributes, name: dataName, condition }: Dataset,
  asked: string,
): { readonly values: Float64Array; readonly class?: number } {
  const of = attributes?.of ?? [];
  if (attributes === undefined || of.length === 0)
    throw new UserError(
      `manipulate: expected data with attributes, "${dataName}" has none; give labels or attributes, or use --from and --to.`,
    );
  const known = conditionColumns(of);
  if (!known.includes(asked))
    throw new UserError(`manipulate: ${unknownName("attribute", asked, known)}`);
  const index = of.findIndex((attribute) => conditionColumns([attribute]).includes(asked));
  const { name = "", classes } = of[index] ?? {};
  if (condition?.of.some((conditioned) => conditioned.name === name) === true)
    throw new UserError(
      `manipulate: "${name}" is a condition of this run, and not in its latents; give --attribute ${name} to go through its values.`,
    );
  const { values } = pickEntries(attributes.train, [index]);
  return classes === undefined
    ? { values }
    : { values, class: classes.findIndex((word) => asked === `${name}=${word}`) };
}

/** Test rows by number, with their conditions. */
export function pickTestRows({ dataset }: Subject, numbers: readonly number[], option: string) {
  const { test, condition } = dataset;
  const bad = numbers.find((row) => !Number.isInteger(row) || row < 0 || row >= test.count);
  if (bad !== undefined)
    throw new UserError(
      `manipulate: expected ${option} from 0 to ${test.count - 1}, the test rows of "${dataset.name}", got ${bad}.`,
    );
  const rows = selectRows(test, numbers);
  return { rows, given: condition ? { context: selectRows(condition.test, numbers) } : {} };
}

/** Each number so many times in turn: a, a, b, b. */
const repeated = (numbers: readonly number[], times: number): readonly number[] =>
  numbers.flatMap((value) => Array.from({ length: times }, () => value));

export interface AlongAttribute {
  readonly attribute: string;
  /** Numbers of test rows. */
  readonly rows: readonly number[];
  /** Images of each strip, at least 2. */
  readonly steps: number;
  /** From −range to range, in differences between the mean latents of rows with and without the attribute. */
  readonly range: number;
}

/**
 * Moves test rows along an attribute's direction in latent space, as the demonstration of Glow does (Kingma & Dhariwal
 * 2018, arXiv:1807.03039, section 6). The direction is the mean of training rows.
 *
 * @returns steps rows for each row, in raw units
 * @throws UserError for an unknown attribute and rows that there are not
 */
export async function alongAttribute(subject: Subject, asked: AlongAttribute): Promise<Rows> {
  const { flow, dataset } = subject;
  const { values, ...classOf } = findAttribute(dataset, asked.attribute);
  const context = dataset.condition && firstRows(dataset.condition.train, DIRECTION_ROWS);
  const latents = await flow.encode(
    firstRows(dataset.train, DIRECTION_ROWS),
    context && { context },
  );
  const { direction } = attributeDirection(latents, values.subarray(0, DIRECTION_ROWS), classOf);
  const { rows, given } = pickTestRows(subject, asked.rows, "--rows");
  const { values: from } = await flow.encode(rows, given);
  const { steps, range } = asked;
  const dim = direction.length;
  const moved = new Float64Array(rows.count * steps * dim).map((_, k) => {
    const [row, step, j] = [Math.floor(k / dim / steps), Math.floor(k / dim) % steps, k % dim];
    const t = range * ((2 * step) / (steps - 1) - 1);
    return (from[row * dim + j] ?? NaN) + t * (direction[j] ?? NaN);
  });
  const each = pickTestRows(subject, repeated(asked.rows, steps), "--rows");
  return flow.decode(makeRows(moved, [dim]), each.given);
}

/**
 * The way from one test row to another along an arc in latent space.
 *
 * @returns steps rows in raw units, both ends included
 * @throws UserError for rows that there are not, and for two rows of different condition
 */
export async function betweenRows(
  subject: Subject,
  { from, to, steps }: { readonly from: number; readonly to: number; readonly steps: number },
): Promise<Rows> {
  const { rows, given } = pickTestRows(subject, [from, to], "--from and --to");
  const { context } = given;
  const size = context ? rowSize(context) : 0;
  if (
    context?.values.subarray(0, size).some((value, j) => value !== context.values[size + j]) ===
    true
  )
    throw new UserError(
      `manipulate: expected two rows of the same condition, got rows ${from} and ${to} of different ones; choose others.`,
    );
  const { values } = await subject.flow.encode(rows, given);
  const dim = values.length / 2;
  const way = interpolate(values.subarray(0, dim), values.subarray(dim), steps);
  const each = pickTestRows(subject, repeated([from], steps), "--from");
  return subject.flow.decode(way, each.given);
}
