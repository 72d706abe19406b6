import { slotValues } from "../evaluation/slots.ts";
import type { Rows } from "../math/rows.ts";
import type { TrainArguments, TrainingResult } from "./train.ts";
import { createValidation } from "./validation.ts";

/** A closed form instead of steps: fits the model and judges it on the training and the validation rows. */
export async function fitClosedForm(
  args: TrainArguments,
  monitor: "nll" | "loss",
): Promise<TrainingResult> {
  const { model, train, validation, context } = args;
  const started = performance.now();
  model.fit?.(train, context?.train);
  const seconds = (performance.now() - started) / 1000;
  const trainLoss = await judge(args, monitor, train, context?.train);
  const value =
    validation.count === 0 ? null : await judge(args, monitor, validation, context?.validation);
  return {
    status: "done",
    steps: 0,
    seconds,
    parameters: model.store
      .slots("variable")
      .reduce((count, slot) => count + slot.values.length, 0),
    trainLoss,
    valMonitor: { name: monitor, value },
    history: [],
    notes: ["fitted in closed form: the training options do not apply"],
  };
}

async function judge(
  { model, engine = {}, rng }: TrainArguments,
  monitor: "nll" | "loss",
  rows: Rows,
  context: Rows | undefined,
): Promise<number> {
  const validation = await createValidation({
    model,
    rows,
    monitor,
    engine,
    rng: rng.fork("validation"),
    ...(context ? { context } : {}),
  });
  try {
    const { value } = await validation.evaluate(slotValues(model.store.slots("variable", "state")));
    return value;
  } finally {
    await validation.dispose();
  }
}
