import { tf, type EngineOptions, type Tensor } from "../engine/index.ts";
import { overRows } from "../evaluation/over-rows.ts";
import { firstRows, rowSize, type Rows } from "../math/rows.ts";
import type { Model } from "../model.ts";
import type { TrainingResult } from "../training/train.ts";

export interface StartArguments {
  readonly family: string;
  /** The model as it was before training, which has spoilt the weights. */
  readonly rebuild: () => Model;
  /** As the model sees them. */
  readonly rows: Rows;
  readonly context?: Rows;
  readonly engine: EngineOptions;
}

const ROWS = 256;

/**
 * The result of a training whose very first loss was not finite, with what is not finite in the untrained model: no
 * learning rate cures that. Any other result as it is.
 */
export async function explainStart(
  result: TrainingResult,
  args: StartArguments,
): Promise<TrainingResult> {
  if (result.status !== "diverged" || result.steps !== 0) return result;
  const counts = await countNonfinite(args);
  const found = counts.filter(({ bad }) => bad > 0);
  if (found.length === 0) return result;
  const words = found.map(({ what, bad, of }) => `${what} of ${bad} of ${of} rows`).join(", ");
  return {
    ...result,
    reason: `family "${args.family}": before the first step these are not finite: ${words}; look for a logarithm, a root or a quotient at a bad value, or for rows that are far out.`,
  };
}

async function countNonfinite({ rebuild, rows, context, engine, family }: StartArguments) {
  const model = rebuild();
  const [likelihood] = model.logProb;
  const some = firstRows(rows, ROWS);
  const given = context && firstRows(context, ROWS);
  const perRow = (x: Tensor): Tensor => tf.sum(tf.reshape(x, [some.count, -1]), 1);
  const outputs = await overRows({
    label: `${family}: start`,
    store: model.store,
    ...{ rows: some, context: given, batch: some.count, engine },
    body: (x, call): Record<string, Tensor> => {
      const encoded = model.bijection?.encode(x, call);
      const logProb = likelihood && !likelihood.noise ? likelihood.value(x, call) : undefined;
      return {
        rows: perRow(x),
        ...(encoded && { "encode's z": perRow(encoded.z), "encode's logDet": encoded.logDet }),
        ...(logProb && { "log p": logProb }),
      };
    },
  });
  return Object.entries(outputs).map(([what, values]) => ({
    what: what === "rows" ? `the ${rowSize(rows)} entries` : what,
    bad: values.filter((value) => !Number.isFinite(value)).length,
    of: values.length,
  }));
}
