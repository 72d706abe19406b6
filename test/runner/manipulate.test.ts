import { test } from "uvu";
import * as assert from "uvu/assert";
import { conditionOn } from "../../src/datasets/condition-on.ts";
import type { Dataset } from "../../src/datasets/dataset.ts";
import { makeRows, type Rows } from "../../src/math/rows.ts";
import { alongCondition } from "../../src/runner/along-condition.ts";
import { alongAttribute, betweenRows, type Subject } from "../../src/runner/manipulate.ts";
import type { Given } from "../../src/runner/flow.ts";

const rows = (width: number, ...values: number[]) => makeRows(Float64Array.from(values), [width]);

/** Two columns; attribute a is the sign of the first, b a class, c a number. */
const dataset: Dataset = {
  name: "small",
  shape: [2],
  columns: ["x", "y"],
  train: rows(2, 1, 10, 3, 30, -1, 20, -3, 40),
  validation: rows(2, 0, 0),
  test: rows(2, 5, 6, 7, 8),
  testIds: Int32Array.of(0, 1),
  attributes: {
    of: [{ name: "a" }, { name: "b", classes: ["u", "v", "w"] }, { name: "c" }],
    train: rows(3, 1, 0, 100, 1, 1, 300, 0, 2, 200, 0, 1, 150),
    validation: rows(3, 0, 0, 0),
    test: rows(3, 1, 2, 120, 0, 1, 130),
  },
  likelihood: "exact",
  duplicates: 0,
  notes: [],
  digest: "",
};

/** A flow whose latents are the rows themselves; keeps the contexts that it decoded with. */
function subject(of: Dataset): Subject & { readonly contexts: Rows[] } {
  const contexts: Rows[] = [];
  const pass = (input: unknown, given?: Given): Promise<Rows> => {
    if (given?.context !== undefined) contexts.push(given.context as Rows);
    return Promise.resolve(input as Rows);
  };
  return { flow: { encode: pass, decode: pass }, dataset: of, contexts };
}

test("rows move by multiples of the difference between the means of the training rows", async () => {
  const asked = { attribute: "a", rows: [1], steps: 3, range: 2 };
  // Means (2, 20) with and (−2, 30) without: the direction is (4, −10).
  const { values } = await alongAttribute(subject(dataset), asked);
  assert.equal([...values], [7 - 8, 8 + 20, 7, 8, 7 + 8, 8 - 20]);
});

test("the direction of a class is from all others to it", async () => {
  const asked = { attribute: "b=v", rows: [0], steps: 2, range: 1 };
  // Means (0, 35) of class v and (0, 15) of the others.
  const { values } = await alongAttribute(subject(dataset), asked);
  assert.equal([...values], [5, 6 - 20, 5, 6 + 20]);
});

test("an attribute that is part of the condition takes its values there, and the others stay", async () => {
  const conditional = subject(conditionOn(dataset, ["b", "c"]));
  const number = await alongCondition(conditional, { attribute: "c", rows: [1, 0], steps: 3 });
  assert.is(number.columns, 3);
  assert.equal([...number.images.values], [7, 8, 7, 8, 7, 8, 5, 6, 5, 6, 5, 6]);
  const [encoded, decoded] = conditional.contexts;
  assert.equal([...(encoded?.values ?? [])], [0, 1, 0, 130, 0, 0, 1, 120]);
  const other = (first: number[]) => [100, 200, 300].flatMap((c) => [...first, c]);
  assert.equal([...(decoded?.values ?? [])], [...other([0, 1, 0]), ...other([0, 0, 1])]);
  const classes = await alongCondition(conditional, { attribute: "b", rows: [0], steps: 9 });
  assert.is(classes.columns, 3);
  const [, , , last] = conditional.contexts;
  assert.equal([...(last?.values ?? [])], [1, 0, 0, 120, 0, 1, 0, 120, 0, 0, 1, 120]);
});

test("the way between two rows is an arc with both ends", async () => {
  const { values } = await betweenRows(subject(dataset), { from: 0, to: 1, steps: 3 });
  // Ends to round-off of sines of the angle, 0.023; the middle is longer than the chord's.
  [5, 6].forEach((x, j) => {
    assert.ok(Math.abs((values[j] ?? NaN) - x) < 1e-12);
  });
  [7, 8].forEach((x, j) => {
    assert.ok(Math.abs((values[4 + j] ?? NaN) - x) < 1e-12);
  });
  assert.ok(Math.hypot(values[2] ?? NaN, values[3] ?? NaN) > Math.hypot(6, 7));
});

test.run();
