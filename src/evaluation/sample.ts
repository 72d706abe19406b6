import type { EngineOptions } from "../engine/index.ts";
import type { Rng } from "../math/rng.ts";
import { sliceRows, type Rows } from "../math/rows.ts";
import type { Call, Model } from "../model.ts";
import { batched, DEFAULT_BATCH } from "./batched.ts";
import { affordableRows, inParts } from "./in-parts.ts";

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
    Math.min(request.batch ?? DEFAULT_BATCH, count, affordableRows(size)),
    engine,
  );
  try {
    const { x = new Float64Array(0), logProb } = await inParts(count, size, (start, part) => {
      const noise = drawNoise(model, part, request.rng);
      const given = context && sliceRows(context, start, part);
      return program.run({ noise, ...(given && { context: given }) }, { temperature });
    });
    const rows = { count, shape: model.shape, values: x };
    return logProb ? { rows, logProb } : { rows };
  } finally {
    await program.dispose();
  }
}

function drawNoise({ sampler }: Model, count: number, rng: Rng): Rows {
  const { size, kind } = sampler.noise;
  const values = kind === "normal" ? rng.normals(count * size) : rng.uniforms(count * size);
  return { count, shape: [size], values };
}
