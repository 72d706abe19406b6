import * as assert from "uvu/assert";

import { standardNormal } from "../../src/distributions/standard-normal.ts";
import { familyContract, type FamilyContractOptions } from "../../src/contract/index.ts";
import { createStore, tf, type Store, type Tensor } from "../../src/engine/index.ts";
import { flowModel } from "../../src/flows/flow-model.ts";
import type { Layer } from "../../src/flows/layer.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import type { Bijection, BuildArguments, Family, LogProb, Model } from "../../src/model.ts";
import type { OptionSchema, OptionValues } from "../../src/options.ts";

type Arguments = BuildArguments<OptionValues<OptionSchema>>;

/** A fault, the check that must find it (a part of its name), and what the message must say. */
export type Mutation = readonly [fault: string, family: Family, check: string, says: RegExp];

/** A family that differs from a sound one by a change of its models. */
export const broken = (
  change: (model: Model, args: Arguments) => Model,
  sound: Family = realNvp,
): Family => ({
  ...sound,
  name: "broken",
  build: (args) => change(sound.build(args), args),
});

/** Real NVP of images: the rows are flattened. */
export const flattened: Family = {
  ...realNvp,
  name: "flattened",
  supports: { tabular: false, image: true, conditional: true, minDim: 2 },
  build(args) {
    const size = args.shape.reduce((product, d) => product * d, 1);
    const model = realNvp.build({ ...args, shape: [size] });
    const flat = (x: Tensor): Tensor => tf.reshape(x, [x.shape[0], size]);
    const image = (x: Tensor): Tensor => tf.reshape(x, [x.shape[0], ...args.shape]);
    const { bijection, sampler, stages } = model;
    return {
      ...model,
      shape: args.shape,
      ...(bijection
        ? {
            bijection: {
              encode: (x, call) => bijection.encode(flat(x), call),
              decode: (z, call) => {
                const { x, logDet } = bijection.decode(z, call);
                return { x: image(x), logDet };
              },
            },
          }
        : {}),
      ...(stages
        ? { stages: { ...stages, encode: (x, call) => stages.encode(flat(x), call) } }
        : {}),
      ...(model.initialise
        ? {
            initialise: (x, context) => {
              model.initialise?.(flat(x), context);
            },
          }
        : {}),
      loss: (call) => lossOf(model)({ ...call, batch: flat(call.batch) }),
      logProb: model.logProb.map((likelihood) => ({
        ...likelihood,
        value: (x, call) => likelihoodOf(likelihood)(flat(x), call),
      })),
      sampler: {
        ...sampler,
        sample(noise, call) {
          const drawn = sampler.sample(noise, call);
          return { ...drawn, x: image(drawn.x) };
        },
      },
    };
  },
};

/** A tabular family without a network: layers made by hand before a standard normal. */
export const layered = (
  layers: (dim: number, store: Store) => readonly Layer[],
  { initialise = false } = {},
): Family => ({
  ...realNvp,
  name: "broken",
  options: {},
  supports: { tabular: true, image: false, conditional: false, minDim: 1 },
  build({ shape: [dim = 1] }) {
    const store = createStore();
    return flowModel({
      store,
      layers: layers(dim, store),
      base: standardNormal(dim),
      initialise,
    });
  },
});

/** The recordable function of a likelihood that is known to have one. */
export function likelihoodOf(likelihood: LogProb | undefined): NonNullable<LogProb["value"]> {
  if (!likelihood?.value) throw new Error("the likelihood has no recordable value");
  return likelihood.value.bind(likelihood);
}

const lossOf = (model: Model): NonNullable<Model["loss"]> => {
  if (!model.loss) throw new Error("the model has no loss");
  return model.loss.bind(model);
};

/** The model with another main likelihood, in the loss as well. */
export function withLogProb(model: Model, change: (logProb: Tensor, x: Tensor) => Tensor): Model {
  const [main] = model.logProb;
  const value: NonNullable<LogProb["value"]> = (x, call) => change(likelihoodOf(main)(x, call), x);
  return {
    ...model,
    logProb: [{ name: "", provenance: { kind: "exact" }, value }],
    loss: ({ batch, ...call }) => ({ loss: tf.neg(tf.mean(value(batch, call))) }),
  };
}

/** The bijection of a model that is known to have one. */
export const mapOf = ({ bijection }: Model): Bijection => {
  if (!bijection) throw new Error("no bijection");
  return bijection;
};

/** Real NVP whose encode returns something else. */
export const withEncode = (
  change: (encoded: ReturnType<Bijection["encode"]>) => ReturnType<Bijection["encode"]>,
): Family =>
  broken((model) => {
    const map = mapOf(model);
    const encode: Bijection["encode"] = (x, call) => change(map.encode(x, call));
    return { ...model, bijection: { ...map, encode } };
  });

/** Real NVP that samples in another way. */
export const withSample = (sample: (model: Model) => Model["sampler"]["sample"]): Family =>
  broken((model) => ({ ...model, sampler: { ...model.sampler, sample: sample(model) } }));

const small = { layers: 2, hidden: [8], activation: "tanh" };

/** Runs the checks whose names contain `part` until one fails; gives its message. Fails where all of them pass. */
export async function failureOf(
  family: Family,
  part: string,
  { options = {}, ...rest }: FamilyContractOptions = {},
): Promise<string> {
  const checks = familyContract(family, { options: { ...small, ...options }, ...rest });
  const chosen = checks.filter(({ name }) => name.includes(part));
  assert.ok(chosen.length > 0, `no check has "${part}" in its name`);
  for (const { run } of chosen) {
    try {
      await run();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }
  assert.unreachable(`passed: ${chosen.map(({ name }) => name).join(", ")}`);
  return "";
}
