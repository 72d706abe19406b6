import { compile, tf, type EngineOptions } from "../engine/index.ts";
import { slotValues } from "../evaluation/slots.ts";
import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { sampleModel } from "../evaluation/sample.ts";
import { createRng } from "../math/rng.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { lossNoise, lossProgram } from "./loss-program.ts";
import { subjectOf, type Setting, type Subject } from "./setting.ts";

const COUNT = 7;

/** Rows stand for themselves, precision does not decide, and nothing stays behind. */
export function batchChecks(at: Setting): readonly Check[] {
  const { engine, tolerance } = at;
  return [
    check(`${at.label}: log p of a row does not depend on the batch it comes in`, async () => {
      const { model, rows } = await subjectOf(at, { count: COUNT });
      const whole = await evaluateLogProb({ model, rows, engine });
      // Products of matrices of other sizes may add in another order.
      for (const batch of [1, 3])
        expectClose(
          `log p in batches of ${batch} beside that in one of ${COUNT}`,
          await evaluateLogProb({ model, rows, engine, batch }),
          whole,
          tolerance,
        );
    }),
    check(`${at.label}: float32 gives nearly the log p of float64`, async () => {
      const { model, rows } = await subjectOf(at, { count: COUNT, deviation: 0.1 });
      const exact = await evaluateLogProb({ model, rows, engine });
      const single: EngineOptions = { ...engine, precision: "float32" };
      // ε = 6e-8, some layers, the condition number of each: 1e-3 leaves room, a float32-only overflow does not fit.
      expectClose("log p", await evaluateLogProb({ model, rows, engine: single }), exact, 1e-3);
    }),
    check(`${at.label}: no tensor stays behind`, async () => {
      const subject = await subjectOf(at, { count: COUNT });
      for (const where of [{ engine: "tfjs-cpu" } as const, engine]) {
        // The first round may fill caches.
        await everything(subject, where);
        const before = tf.memory().numTensors;
        await everything(subject, where);
        const left = tf.memory().numTensors - before;
        expect(
          left === 0,
          `${left} tensors more after a second round of log p, samples and loss on ${where.engine ?? "auto"}; ` +
            "make no tf.variable and tf.keep nothing: slots hold what stays.",
        );
      }
    }),
  ];
}

/** Every program that a run uses, compiled, run twice and disposed. */
async function everything({ model, rows }: Subject, engine: EngineOptions): Promise<void> {
  // Two calls of the compiled program each.
  const batch = Math.ceil(COUNT / 2);
  await evaluateLogProb({ model, rows, engine, batch });
  await sampleModel({ model, count: COUNT, rng: createRng(1), engine, batch });
  if (!model.loss || model.fit) return;
  const program = await compile(lossProgram(model, { count: COUNT, contextSize: 0 }), engine);
  program.set(slotValues(model.store.slots("variable", "state")));
  for (let run = 0; run < 2; run++)
    await program.run({ rows: rows.values, ...lossNoise(model, COUNT) });
  await program.dispose();
}
