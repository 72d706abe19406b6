import { compile, type Arrays, type Compiled, type Slot } from "../engine/index.ts";
import { slotKey, slotValues } from "../evaluation/slots.ts";
import { check, expect, type Check } from "./check.ts";
import { lossNoise, lossProgram } from "./loss-program.ts";
import { subjectOf, type Setting, type Subject } from "./setting.ts";

const ROWS = 16;
/** Far from what a standardised training set holds: out of a spline's bound, where a wrong `where` gives NaN. */
const FAR = 30;

/** Smaller ones for losses that bend, or have a kink (of a relu, a knot) within the larger. */
const STEPS = [1e-5, 1e-6, 1e-7];
const agrees = (slope: number, norm: number): boolean =>
  Math.abs(slope - norm) <= 1e-3 * norm + 1e-8;

/** Every variable is trained, by the right gradient; with or without a condition. */
export function gradientChecks(at: Setting, contextSize = 0): readonly Check[] {
  const name = contextSize > 0 ? `${at.label} with a condition` : at.label;
  return [
    check(`${name}: every variable gets a gradient, that of finite differences`, async () => {
      const subject = await subjectOf(at, { contextSize, count: ROWS });
      const { model } = subject;
      // A closed form has no gradient.
      if (!model.loss || model.fit) return;
      const program = await compile(lossProgram(model, { count: ROWS, contextSize }), at.engine);
      try {
        await compareGradients(subject, program);
        // Counts lie in their cells, so there is no row of theirs far out.
        if (!at.cells) await expectFiniteFarOut(subject, program);
      } finally {
        await program.dispose();
      }
    }),
  ];
}

/** What the program is fed with, the rows multiplied by `scale`. */
const feeds = ({ model, rows, context }: Subject, scale = 1): Arrays => ({
  rows: rows.values.map((value) => scale * value),
  ...(context ? { context: context.values } : {}),
  ...lossNoise(model, ROWS),
});

async function compareGradients(subject: Subject, program: Compiled): Promise<void> {
  const { store } = subject.model;
  const start = slotValues(store.slots("variable", "state"));
  const inputs = feeds(subject);
  const at = (values: Arrays): Promise<Arrays> => {
    program.set(values);
    return program.run(inputs);
  };
  const gradients = await at(start);
  for (const slot of store.slots("variable")) {
    const gradient = gradientOf(slot, gradients);
    // Along the gradient's own direction, so that the slope is not small by chance.
    const norm = Math.hypot(...gradient);
    const shifted = (h: number): Arrays => ({
      ...start,
      [slotKey(slot)]: slot.values.map((v, i) => v + (h * (gradient[i] ?? 0)) / norm),
    });
    let slope = NaN;
    for (const h of STEPS) {
      const after = (await at(shifted(h)))["loss"]?.[0] ?? NaN;
      const before = (await at(shifted(-h)))["loss"]?.[0] ?? NaN;
      slope = (after - before) / (2 * h);
      if (agrees(slope, norm)) break;
    }
    expect(
      agrees(slope, norm),
      `"${slot.name}": the loss rises by ${slope} along the gradient, whose norm is ${norm}; ` +
        "does a customGrad or stopGradient give another derivative than the loss has?",
    );
  }
  program.set(start);
}

/** The slot's gradient; throws where it is missing, zero or not finite. */
function gradientOf(slot: Slot, outputs: Arrays): Float64Array {
  const gradient = Float64Array.from(outputs[slotKey(slot)] ?? []);
  expect(
    gradient.some((value) => value !== 0),
    `the variable "${slot.name}" gets no gradient; does the loss read it?`,
  );
  expect(
    gradient.every(Number.isFinite),
    `the gradient of "${slot.name}" is not finite at ordinary rows.`,
  );
  return gradient;
}

async function expectFiniteFarOut(subject: Subject, program: Compiled): Promise<void> {
  for (const [name, values] of Object.entries(await program.run(feeds(subject, FAR))))
    expect(
      Array.from(values).every(Number.isFinite),
      `rows of about ${FAR} deviations: the ${name === "loss" ? "loss" : `gradient of "${name}"`} is not finite; ` +
        "guard the inputs of `where`, and bound what is exponentiated.",
    );
}
