import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { createRng } from "../math/rng.ts";
import { selectRows, type Rows } from "../math/rows.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { contextFor, subjectOf, type Setting, type Subject } from "./setting.ts";

const COUNT = 8;
const SIZE = 2;

/** p(x|c): each row heeds its own condition and no other; what is no condition of this model is refused. */
export function conditionChecks(at: Setting): readonly Check[] {
  const property = (words: string, run: (subject: Conditional) => Promise<void>): Check =>
    check(`${at.label}: ${words}`, async () => {
      const { context, ...subject } = await subjectOf(at, { contextSize: SIZE, count: COUNT });
      expect(context !== undefined, "there is no context to try.");
      await run({ ...subject, ...at, context });
    });
  return [
    property("log p of a row depends on its own condition and on no other", eachItsOwn),
    property("rows that change places with their conditions keep their log p", permuted),
    property("samples depend on the condition", samplesDepend),
    property("a missing or wrong condition is refused, with the shapes", refused),
  ];
}

interface Conditional extends Subject, Pick<Setting, "engine" | "tolerance"> {
  readonly context: Rows;
}

/** The same numbers plus one in the rows chosen. */
const moved = (context: Rows, chosen: (row: number) => boolean): Rows => ({
  ...context,
  values: context.values.map((v, i) => v + (chosen(Math.floor(i / SIZE)) ? 1 : 0)),
});

async function eachItsOwn({ model, rows, context, engine, tolerance }: Conditional): Promise<void> {
  const isOdd = (row: number): boolean => row % 2 === 1;
  const one = await evaluateLogProb({ model, rows, context, engine });
  const other = await evaluateLogProb({ model, rows, context: moved(context, isOdd), engine });
  for (let i = 1; i < COUNT; i += 2)
    expect(
      one[i] !== other[i],
      `row ${i} has the same log p under another condition; pass call.context on to the networks.`,
    );
  const even = (_: number, i: number): boolean => !isOdd(i);
  const [before, after] = [one.filter(even), other.filter(even)];
  expectClose("log p of rows whose condition stayed", after, before, tolerance);
}

async function permuted({ model, rows, context, engine, tolerance }: Conditional): Promise<void> {
  const order = Int32Array.from({ length: COUNT }, (_, i) => (i + 3) % COUNT);
  const logProb = await evaluateLogProb({ model, rows, context, engine });
  const got = await evaluateLogProb({
    model,
    rows: selectRows(rows, order),
    context: selectRows(context, order),
    engine,
  });
  const expected = Array.from(order, (i) => logProb[i] ?? NaN);
  expectClose("log p of the permuted rows", got, expected, tolerance);
}

async function samplesDepend({ model, context, engine }: Conditional): Promise<void> {
  const draw = async (condition: Rows) =>
    (await sampleModel({ model, count: COUNT, context: condition, rng: createRng(3), engine })).rows
      .values;
  const [one, other] = [await draw(context), await draw(moved(context, () => true))];
  expect(
    one.some((value, i) => value !== other[i]),
    "samples of the same noise are the same under another condition; the sampler does not pass it on.",
  );
}

async function refused({ model, rows, engine }: Conditional): Promise<void> {
  const refusal = async (given: { context?: Rows }): Promise<string> => {
    try {
      await evaluateLogProb({ model, rows, engine, ...given });
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    throw new Error(
      `a ${given.context ? `context of ${SIZE + 1} columns` : "missing context"} was accepted by a model of ${SIZE}; ` +
        "check its shape where it joins the rows.",
    );
  };
  for (const [given, shown] of [
    [{}, [`${SIZE}]`]],
    [contextFor(SIZE + 1, COUNT), [`${SIZE}]`, `${SIZE + 1}]`]],
  ] as const) {
    const message = await refusal(given);
    expect(
      shown.every((part) => message.includes(part)),
      `the message "${message}" should show the shape [N, ${SIZE}] and what came instead.`,
    );
  }
}
