import {
  compile,
  tf,
  type Arrays,
  type Compiled,
  type Tensor,
  type Scalar,
} from "../engine/index.ts";
import { bindSlots, constantSlots, slotKey, slotSpecs, slotValues } from "../evaluation/slots.ts";
import { createRng } from "../math/rng.ts";
import type { Family, Model } from "../model.ts";
import { drawNoise } from "../training/noise.ts";
import { FLOAT64 } from "./bijection-contract.ts";
import { check, expect, type Check } from "./check.ts";
import { subject, type FamilyContractOptions } from "./subject.ts";

const ROWS = 16;

/** Every variable is trained, by the right gradient. */
export function gradientChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const dim = Math.max(3, family.supports.minDim);
  return [
    check(
      `${family.name}: every variable gets a gradient, that of finite differences`,
      async () => {
        const { model, rows } = subject(family, dim, options, { count: ROWS });
        // A closed form has no gradient.
        if (!model.loss || model.fit) return;
        const program = await lossAndGradients(model, options);
        try {
          const noise = noiseOf(model);
          const lossAt = async (values: Arrays): Promise<Arrays> => {
            program.set(values);
            return program.run({ rows: rows.values, ...noise });
          };
          const variables = model.store.slots("variable");
          const start = slotValues(model.store.slots("variable", "state"));
          const gradients = await lossAt(start);
          for (const slot of variables) {
            const gradient = Float64Array.from(gradients[slotKey(slot)] ?? []);
            expect(
              gradient.some((value) => value !== 0),
              `the variable "${slot.name}" gets no gradient; does the loss read it?`,
            );
            // Along the gradient's own direction, so that the slope is not small by chance.
            const norm = Math.hypot(...gradient);
            const shifted = (h: number): Arrays => ({
              ...start,
              [slotKey(slot)]: slot.values.map((v, i) => v + (h * (gradient[i] ?? 0)) / norm),
            });
            const h = 1e-5;
            const after = (await lossAt(shifted(h)))["loss"]?.[0] ?? NaN;
            const before = (await lossAt(shifted(-h)))["loss"]?.[0] ?? NaN;
            const slope = (after - before) / (2 * h);
            // 1e-3 leaves room for the kink of a relu between the two points.
            expect(
              Math.abs(slope - norm) <= 1e-3 * norm + 1e-8,
              `"${slot.name}": slope along the gradient ${slope}, the gradient's norm ${norm}.`,
            );
          }
        } finally {
          await program.dispose();
        }
      },
    ),
  ];
}

function noiseOf(model: Model): Arrays {
  const rng = createRng("gradient noise");
  return Object.fromEntries(
    Object.entries(model.noise ?? {}).map(([name, spec]) => [
      `noise/${name}`,
      drawNoise(spec, ROWS, rng.fork(name)),
    ]),
  );
}

function lossAndGradients(
  model: Model,
  { engine = FLOAT64 }: FamilyContractOptions,
): Promise<Compiled> {
  const variables = model.store.slots("variable");
  const noiseSpecs = Object.entries(model.noise ?? {});
  return compile(
    {
      label: "loss and gradients",
      inputs: {
        rows: { shape: [ROWS, ...model.shape] },
        ...Object.fromEntries(
          noiseSpecs.map(([name, spec]) => [`noise/${name}`, { shape: spec.shape(ROWS) }]),
        ),
      },
      state: slotSpecs(model.store.slots("variable", "state")),
      constants: constantSlots(model.store),
      body: (tensors) => {
        const get = (name: string): Tensor => {
          const tensor = tensors[name];
          expect(tensor !== undefined, `the program has no tensor "${name}".`);
          return tensor;
        };
        const noise = Object.fromEntries(
          noiseSpecs.map(([name]) => [name, get(`noise/${name}`)] as const),
        );
        const call = { batch: get("rows"), noise, step: tf.scalar(0), mode: "train" } as const;
        const lossOf = (...values: Tensor[]): Scalar => {
          const bound = { ...tensors };
          variables.forEach((slot, i) => {
            const value = values[i];
            if (value) bound[slotKey(slot)] = value;
          });
          const { result } = bindSlots(model.store, bound, () => model.loss?.(call));
          expect(result !== undefined, "the model has no loss.");
          return result.loss as Scalar;
        };
        const { value, grads } = tf.valueAndGrads(lossOf)(variables.map((s) => get(slotKey(s))));
        const named = variables.map((slot, i) => [slotKey(slot), grads[i]] as const);
        const outputs: Record<string, Tensor> = { loss: value };
        for (const [name, gradient] of named) if (gradient) outputs[name] = gradient;
        return { outputs };
      },
    },
    engine,
  );
}
