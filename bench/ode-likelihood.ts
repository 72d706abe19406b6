import type { EngineOptions, Slot } from "../src/engine/index.ts";
import { batched, DEFAULT_BATCH } from "../src/evaluation/batched.ts";
import { createRng } from "../src/math/rng.ts";
import type { Model } from "../src/model.ts";
import { flowMatching } from "../src/ode/flow-matching.ts";
import { defaultsOf } from "../src/options.ts";
import { FREQUENCIES, hashedLayers, hashedProbes, hashedRows, type HashedLayer } from "./hashed.ts";
import type { Size, Task } from "./task.ts";

const TOLERANCE = 1e-5;

/** A flow that is not trained but has the weights of every contender. */
function hashedFlow(size: Size): Model {
  const options = {
    ...defaultsOf(flowMatching.options),
    ...{ network: "mlp", activation: "silu", timeFeatures: FREQUENCIES },
    hidden: Array.from({ length: size.layers }, () => size.hidden),
    ...{ solver: "dopri5", rtol: TOLERANCE, atol: TOLERANCE, trace: "auto", probes: 1 },
  };
  const model = flowMatching.build({
    options,
    shape: [size.dim],
    contextSize: 0,
    rng: createRng(1),
  });
  const slots = model.store.slots("variable");
  hashedLayers(size).forEach((layer, i) => {
    const [weight, bias] = slots.slice(2 * i, 2 * i + 2);
    if (!weight || !bias) throw new Error("ode-likelihood: the velocity has too few layers.");
    weight.values = oriented(layer, weight);
    bias.values = layer.bias;
  });
  return model;
}

/** The matrix [inputs, outputs] as the slot keeps it: as it is, or transposed. */
function oriented({ inputs, outputs, matrix }: HashedLayer, { shape: [rows] }: Slot): Float64Array {
  if (rows === inputs && inputs !== outputs) return matrix;
  return matrix.map((_, k) => matrix[(k % inputs) * outputs + Math.floor(k / inputs)] ?? 0);
}

/**
 * log p of all rows as evaluateLogProb computes it, with one difference: Hutchinson's probes are those of the other
 * contenders, so that the numbers can be compared.
 */
export async function odeLikelihood(size: Size, engine: EngineOptions): Promise<Task> {
  const model = hashedFlow(size);
  const [likelihood] = model.logProb;
  const measure = likelihood?.measure?.bind(likelihood);
  if (!measure) throw new Error("ode-likelihood: the family measures no evaluations.");
  const estimated = Object.keys(likelihood?.noise ?? {}).length > 0;
  const { batch, dim } = size;
  const feeds = {
    rows: { count: batch, shape: [dim], values: hashedRows(size) },
    ...(estimated && { probes: { count: batch, shape: [1, dim], values: hashedProbes(size) } }),
  };
  const program = await batched(
    {
      label: "log p",
      store: model.store,
      inputs: Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, shape])),
      body: ({ rows: x, ...noise }) => {
        if (!x) throw new Error("ode-likelihood: the program has no rows.");
        const { logProb, rows } = measure(x, { mode: "evaluate", noise });
        return { logProb, ...(rows["evaluations"] && { evaluations: rows["evaluations"] }) };
      },
    },
    Math.min(batch, DEFAULT_BATCH),
    engine,
  );
  return {
    parameters: model.store.slots("variable").reduce((sum, slot) => sum + slot.values.length, 0),
    stepsPerCall: 1,
    warmUpCalls: 1,
    async call() {
      const none = new Float64Array(0);
      const { logProb = none, evaluations = none } = await program.run(feeds);
      return {
        loss: -mean(logProb),
        figures: {
          evaluations: mean(evaluations),
          "most evaluations": evaluations.reduce((most, n) => Math.max(most, n), 0),
        },
      };
    },
    dispose: () => program.dispose(),
  };
}

const mean = (values: Float64Array): number =>
  values.reduce((sum, x) => sum + x, 0) / values.length;
