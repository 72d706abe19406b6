import type { Arrays, EngineOptions, Shape, Tensors } from "../engine/index.ts";
import { firstRows, sliceRows, type Rows } from "../math/rows.ts";
import type { LikelihoodCall, LogProb, Measured, Model } from "../model.ts";
import { batched, DEFAULT_BATCH } from "./batched.ts";
import { inParts } from "./in-parts.ts";
import { rowNoise, type RowNoiseFeed } from "./row-noise.ts";

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

/** log p of rows and what else the likelihood measured of each, by name. */
export interface MeasuredRows {
  readonly logProb: Float64Array;
  readonly rows: Readonly<Record<string, Float64Array>>;
}

/** log p of any number of rows, nats each, of the rows as the model sees them. */
export const evaluateLogProb = async (request: LogProbRequest): Promise<Float64Array> =>
  (await measureLogProb(request)).logProb;

/** The same, with what else the likelihood knows of each row. */
export function measureLogProb(request: LogProbRequest): Promise<MeasuredRows> {
  const likelihood = findLogProb(request.model, request.name);
  return measured(likelihood.precision ? inFloat64(request) : request, likelihood);
}

/** Only these engines compute in float64. */
const inFloat64 = ({ engine, ...request }: LogProbRequest): LogProbRequest => ({
  ...request,
  engine: {
    ...engine,
    engine: engine?.engine === "wasm" ? "wasm" : "auto",
    precision: "float64",
  },
});

/** The likelihood's own check of itself, on the first rows: log p in float64. Undefined where it has none. */
export async function checkLogProb(request: LogProbRequest): Promise<Float64Array | undefined> {
  const likelihood = findLogProb(request.model, request.name);
  const { check } = likelihood;
  if (!check) return undefined;
  const { rows, context } = request;
  const { logProb } = await measured(
    inFloat64({
      ...request,
      rows: firstRows(rows, check.rows),
      ...(context && { context: firstRows(context, check.rows) }),
    }),
    { ...likelihood, value: check.value.bind(check), measure: undefined },
  );
  return logProb;
}

async function measured(
  { model, rows, context, engine = {}, batch = DEFAULT_BATCH }: LogProbRequest,
  likelihood: Likelihood,
): Promise<MeasuredRows> {
  if (rows.count === 0) return { logProb: new Float64Array(0), rows: {} };
  const program = await compileLogProb({
    ...{ model, likelihood, engine },
    batch: Math.min(batch, rows.count),
    contextShape: context?.shape,
  });
  try {
    return await program.run(rows, context);
  } finally {
    await program.dispose();
  }
}

type Likelihood = Pick<LogProb, "noise" | "value" | "heaviest"> & {
  readonly measure?: LogProb["measure"] | undefined;
};

export interface LogProbProgram {
  run(rows: Rows, context?: Rows): Promise<MeasuredRows>;
  /** Takes other values for the model's variables and states; without them, the store's. */
  refresh(values?: Arrays): void;
  dispose(): Promise<void>;
}

export interface CompileLogProb {
  readonly model: Model;
  readonly likelihood: Likelihood;
  readonly batch: number;
  readonly contextShape: Shape | undefined;
  readonly engine: EngineOptions;
}

/** Name of an output of the program. */
const rowName = (name: string): string => `row/${name}`;

/** The compiled function rows (and context) → log p, to be run often. */
export async function compileLogProb({
  model,
  likelihood,
  batch,
  contextShape,
  engine,
}: CompileLogProb): Promise<LogProbProgram> {
  const feed = rowNoise(likelihood.noise);
  const program = await batched(
    {
      label: "log p",
      store: model.store,
      ...(likelihood.heaviest && { heaviest: likelihood.heaviest }),
      inputs: {
        rows: model.shape,
        ...(contextShape && { context: contextShape }),
        ...feed.inputs,
      },
      body: (tensors) => {
        const { logProb, rows } = evaluated(likelihood, tensors, feed);
        const named = Object.entries(rows).map(([name, values]) => [rowName(name), values]);
        return { logProb, ...(Object.fromEntries(named) as Tensors) };
      },
    },
    batch,
    engine,
  );
  return {
    async run(rows, context) {
      if (context && context.count !== rows.count)
        throw new Error(
          `log p: expected a condition for each of ${rows.count} rows, got ${context.count}.`,
        );
      const draw = feed.start();
      const { logProb, ...others } = await inParts(rows.count, feed.perRow, (start, count) =>
        program.run({
          rows: sliceRows(rows, start, count),
          ...(context && { context: sliceRows(context, start, count) }),
          ...draw(count),
        }),
      );
      return {
        logProb: logProb ?? new Float64Array(0),
        rows: Object.fromEntries(
          Object.entries(others).map(([name, values]) => [name.slice(rowName("").length), values]),
        ),
      };
    },
    refresh: (values) => {
      program.refresh(values);
    },
    dispose: () => program.dispose(),
  };
}

function evaluated(likelihood: Likelihood, tensors: Tensors, feed: RowNoiseFeed): Measured {
  const { rows, context } = tensors;
  if (!rows) throw new Error("compileLogProb: the program has no rows.");
  const noise = feed.of(tensors);
  const call: LikelihoodCall = { mode: "evaluate", noise, ...(context && { context }) };
  return likelihood.measure?.(rows, call) ?? { logProb: likelihood.value(rows, call), rows: {} };
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
