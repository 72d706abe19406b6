import { jacobian, tf, type Tensor } from "../engine/index.ts";
import { overRows } from "../evaluation/over-rows.ts";
import { rowSize, type Rows } from "../math/rows.ts";
import type { Model, Stages } from "../model.ts";
import { logDeterminants } from "./bijection-contract.ts";
import { check, expect, expectClose, type Check } from "./check.ts";
import { subjectOf, type Setting } from "./setting.ts";

/** The stages of the KL table start at the data, each has its own log-determinant, and they end at what encode gives. */
export function stageChecks(at: Setting): readonly Check[] {
  return [
    check(`${at.label}: the stages lead from the data to the latent rows`, async () => {
      const { model, rows } = await subjectOf(at, { count: 8 });
      const { stages, bijection } = model;
      if (!stages || !bijection) return;
      const last = stages.names.length - 1;
      const results = await stagesOf(at, model, stages, rows);
      const get = (name: string): Float64Array => results[name] ?? new Float64Array(0);
      expectClose("rows of the first stage, the data", get("z0"), rows.values, 0);
      expectClose("log-det of the first stage", get("logDet0"), new Float64Array(rows.count), 0);
      for (let i = 1; i <= last; i++) {
        const truth = logDeterminants(get(`jacobian${i}`), rows.count, rowSize(rows));
        expectClose(
          `log-det of stage ${i} ("${stages.names[i] ?? ""}") beside its Jacobian's`,
          get(`logDet${i}`),
          truth,
          100 * at.tolerance,
        );
      }
      expectClose(
        "rows of the last stage beside encode's",
        get(`z${last}`),
        get("z"),
        at.tolerance,
      );
      expectClose(
        "log-det of the last stage beside encode's",
        get(`logDet${last}`),
        get("logDet"),
        at.tolerance,
      );
    }),
  ];
}

/** Rows (z0, z1, …), log-determinants and Jacobians of all stages, and what encode gives. */
export function stagesOf(
  { label, engine }: Setting,
  { bijection, store }: Model,
  stages: Stages,
  rows: Rows,
): Promise<Record<string, Float64Array>> {
  const size = rowSize(rows);
  const flat = (x: Tensor): Tensor => tf.reshape(x, [-1, size]);
  const whole = (x: Tensor): Tensor => tf.reshape(x, [-1, ...rows.shape]);
  return overRows({
    ...{ label: `${label}: stages`, store, rows, batch: rows.count, engine },
    body: (x, call): Record<string, Tensor> => {
      expect(bijection !== undefined, "the model has no map.");
      const reached = stages.encode(x, call);
      expect(
        reached.length === stages.names.length,
        `stages.encode gives ${reached.length} stages for ${stages.names.length} names.`,
      );
      const outputs: Record<string, Tensor> = {};
      reached.forEach(({ z, logDet }, i) => {
        outputs[`z${i}`] = tf.clone(flat(z));
        outputs[`logDet${i}`] = tf.clone(logDet);
        if (i > 0)
          outputs[`jacobian${i}`] = jacobian(
            (points) => flat(stages.encode(whole(points), call)[i]?.z ?? points),
            flat(x),
          );
      });
      return { ...outputs, ...bijection.encode(x, call) };
    },
  });
}
