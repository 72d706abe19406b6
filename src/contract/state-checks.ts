import type { Slot } from "../engine/index.ts";
import { evaluateLogProb } from "../evaluation/log-prob.ts";
import { createRng } from "../math/rng.ts";
import type { Model } from "../model.ts";
import { initialiseModel } from "../training/initialise.ts";
import { loadModel, saveModel } from "../training/model-file.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { build, rowsFor, subjectOf, type Setting } from "./setting.ts";

/** What is saved is the whole model, its start is the seed's, and a data-dependent start happens once. */
export function stateChecks(at: Setting): readonly Check[] {
  const { engine } = at;
  const values = (seed: number): number[] =>
    build(at, { seed })
      .store.slots()
      .flatMap((slot) => [...slot.values]);
  return [
    check(`${at.label}: a saved and loaded model gives the same log p, bit for bit`, async () => {
      const { model, rows } = await subjectOf(at);
      const copy = reloaded(at, model);
      const before = await evaluateLogProb({ model, rows, engine });
      expectClose(
        "log p of the loaded model",
        await evaluateLogProb({ model: copy, rows, engine }),
        before,
        0,
      );
    }),
    check(`${at.label}: the seed decides the start, and nothing else does`, () => {
      expectClose("start values of the same seed", values(1), values(1), 0);
      const fitted = build(at).fit !== undefined;
      const other = values(2);
      expect(
        fitted || values(1).some((value, i) => value !== other[i]),
        "two seeds give the same start values; draw them from the rng that build() gets.",
      );
    }),
    check(
      `${at.label}: a second data-dependent start changes nothing, nor does one after loading`,
      async () => {
        const { model } = await subjectOf(at);
        if (!model.initialise) return;
        for (const [when, started] of [
          ["second", model],
          ["after loading", reloaded(at, model)],
        ] as const) {
          const before = started.store.slots().map((slot) => slot.values);
          await start(at, started, "contract: other rows");
          started.store.slots().forEach((slot, i) => {
            expectClose(
              `"${slot.name}" at a data-dependent start (${when}), which must not start again`,
              slot.values,
              before[i] ?? [],
              0,
            );
          });
        }
        const fresh = build(at);
        const before = fresh.store.slots().map((slot) => slot.values);
        await start(at, fresh, "contract: first rows");
        expect(
          fresh.store.slots().some((slot: Slot, i) => slot.values.join() !== before[i]?.join()),
          "the model has an initialise that assigns nothing; leave it out, or assign slots in it.",
        );
      },
    ),
  ];
}

/** A model of another seed that has taken over the saved arrays. */
function reloaded(at: Setting, model: Model): Model {
  const copy = build(at, { seed: 2 });
  loadModel(copy.store, saveModel(model.store));
  return copy;
}

function start({ engine, ...at }: Setting, model: Model, rows: string): Promise<void> {
  const train = rowsFor({ engine, ...at }, 100, rows);
  return initialiseModel({ model, train, engine }, createRng(8));
}
