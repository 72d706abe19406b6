import type { EngineOptions } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { rowSize, stackRows, type Rows } from "../math/rows.ts";
import type { Call, Model } from "../model.ts";
import { batched, DEFAULT_BATCH } from "./batched.ts";

export interface SampleRequest {
  readonly model: Model;
  readonly count: number;
  readonly rng: Rng;
  /** Scale of the base's deviation; 1 is the model's own density. */
  readonly temperature?: number;
  /** Condition of each sample, shape [C], `count` rows. */
  readonly context?: Rows;
  readonly engine?: EngineOptions;
  readonly batch?: number;
}

export interface Samples {
  readonly rows: Rows;
  /** log p of each row under the model (at temperature 1), where the model knows it. */
  readonly logProb?: Float64Array;
}

/** Draws from the model. The first rows of a longer request are the rows of a shorter one with the same seed. */
export async function sampleModel(request: SampleRequest): Promise<Samples> {
  const { model, count, context, engine = {}, temperature = 1 } = request;
  if (count === 0) return { rows: { count, shape: model.shape, values: new Float64Array(0) } };
  const { size } = model.sampler.noise;
  const affordable = Math.max(1, Math.floor(MOST_NOISE / size));
  const program = await batched(
    {
      label: "sampler",
      store: model.store,
      inputs: { noise: [size], ...(context ? { context: context.shape } : {}) },
      heaviest: model.shape,
      scalars: ["temperature"],
      body: ({ noise, context: condition, temperature: scale }) => {
        if (!noise || !scale) throw new Error("sampleModel: the program lacks an input.");
        const call: Call = { mode: "evaluate", ...(condition ? { context: condition } : {}) };
        const { x, logProb } = model.sampler.sample(noise, { ...call, temperature: scale });
        return { x, ...(logProb ? { logProb } : {}) };
      },
    },
    Math.min(request.batch ?? DEFAULT_BATCH, count, affordable),
    engine,
  );
  try {
    const parts: Samples[] = [];
    // Noise is drawn as it is used: a stochastic sampler takes that of each of its steps.
    for (let start = 0; start < count; start += affordable) {
      const part = Math.min(affordable, count - start);
      const noise = drawNoise(model, part, request.rng);
      const given = context && slice(context, start, part);
      const { x, logProb } = await program.run(
        { noise, ...(given && { context: given }) },
        { temperature },
      );
      const rows = { count: part, shape: model.shape, values: x as Float64Array };
      parts.push(logProb ? { rows, logProb } : { rows });
    }
    return joined(parts);
  } finally {
    await program.dispose();
  }
}

/** Random numbers that are in memory at once. */
const MOST_NOISE = 2 ** 24;

const slice = (rows: Rows, start: number, count: number): Rows => ({
  ...rows,
  count,
  values: rows.values.subarray(start * rowSize(rows), (start + count) * rowSize(rows)),
});

function joined(parts: readonly Samples[]): Samples {
  const [first, ...others] = parts;
  if (!first) throw new Error("sampleModel: there are no parts to join.");
  if (others.length === 0) return first;
  const rows = stackRows([first.rows, ...others.map((part) => part.rows)]);
  if (!first.logProb) return { rows };
  const logProb = Float64Array.from(parts.flatMap((part) => [...(part.logProb ?? [])]));
  return { rows, logProb };
}

function drawNoise({ sampler }: Model, count: number, rng: Rng): Rows {
  const { size, kind } = sampler.noise;
  const values = kind === "normal" ? rng.normals(count * size) : rng.uniforms(count * size);
  return { count, shape: [size], values };
}
