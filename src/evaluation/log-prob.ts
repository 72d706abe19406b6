import type { EngineOptions } from "../engine/index.ts";
import type { Call, LogProb, Model } from "../model.ts";
import type { Rows } from "../math/rows.ts";
import { batched, DEFAULT_BATCH, type Batched } from "./batched.ts";

export interface LogProbRequest {
  readonly model: Model;
  readonly rows: Rows;
  /** Condition of each row, shape [C]. */
  readonly context?: Rows;
  readonly engine?: EngineOptions;
  /** Rows per call of the compiled function. */
  readonly batch?: number;
  /** Which of the model's likelihoods, by name; "" is the main one. */
  readonly name?: string;
}

/** log p of any number of rows, nats each, of the rows as the model sees them. */
export async function evaluateLogProb(request: LogProbRequest): Promise<Float64Array> {
  const { model, rows, context, engine = {}, name = "" } = request;
  const likelihood = findLogProb(model, name);
  if (likelihood.host) return likelihood.host(rows, context);
  if (rows.count === 0) return new Float64Array(0);
  const batch = Math.min(request.batch ?? DEFAULT_BATCH, rows.count);
  const evaluator = await compileLogProb(model, likelihood, batch, context?.shape, engine);
  try {
    const { logProb } = await evaluator.run({ rows, ...(context ? { context } : {}) });
    return logProb as Float64Array;
  } finally {
    await evaluator.dispose();
  }
}

/** The compiled function rows (and context) → logProb, to be run often. */
export function compileLogProb(
  model: Model,
  likelihood: LogProb,
  batch: number,
  contextShape: readonly number[] | undefined,
  engine: EngineOptions,
): Promise<Batched> {
  if (!likelihood.value)
    throw new Error("compileLogProb: this likelihood is computed on the host; call its `host`.");
  const value = likelihood.value.bind(likelihood);
  return batched(
    {
      label: "log p",
      store: model.store,
      inputs: { rows: model.shape, ...(contextShape ? { context: contextShape } : {}) },
      body: ({ rows, context }) => {
        const call: Call = { mode: "evaluate", ...(context ? { context } : {}) };
        if (!rows) throw new Error("compileLogProb: the program has no rows.");
        return { logProb: value(rows, call) };
      },
    },
    batch,
    engine,
  );
}

/** The model's likelihood of this name. */
export function findLogProb(model: Model, name = ""): LogProb {
  const found = model.logProb.find((candidate) => candidate.name === name);
  if (!found)
    throw new Error(
      `logProb: the model has no likelihood named "${name}"; it has ` +
        `${model.logProb.map((l) => `"${l.name}"`).join(", ") || "none"}.`,
    );
  return found;
}
