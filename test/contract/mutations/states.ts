import { tf } from "../../../src/engine/index.ts";
import { realNvp } from "../../../src/flows/real-nvp.ts";
import { createRng } from "../../../src/math/rng.ts";
import { broken, layered, withLogProb, type Mutation } from "../broken.ts";

/** What is not saved, is not the seed's, leaks, or depends on other rows. */
export const states: readonly Mutation[] = [
  [
    "the start ignores the seed",
    { ...realNvp, name: "broken", build: (args) => realNvp.build({ ...args, rng: createRng(0) }) },
    "the seed decides the start",
    /two seeds give the same start values; draw them from the rng/,
  ],
  [
    "a norm layer starts again whenever it is asked",
    layered(
      (dim, store) => {
        const shift = store.variable("shift", [1, dim], new Float64Array(dim));
        return [
          {
            preservesVolume: true,
            encode(x, { mode }) {
              if (mode === "initialise") shift.assign(tf.mean(x, 0, true));
              return { z: tf.sub(x, shift.read()), logDet: tf.zeros([x.shape[0]]) };
            },
            decode: (z) => ({ x: tf.add(z, shift.read()), logDet: tf.zeros([z.shape[0]]) }),
          },
        ];
      },
      { initialise: true },
    ),
    "a second data-dependent start",
    /"shift" at a data-dependent start \(second\), which must not start again/,
  ],
  [
    "a norm layer's flag is not saved",
    broken((model) => {
      let started = false;
      const slot = model.store.variable("hidden-flag-shift", [1, 1], [0]);
      return {
        ...withLogProb(model, (value) => tf.sub(value, tf.mean(tf.square(slot.read())))),
        initialise(x) {
          const start = tf.reshape(tf.mean(x), [1, 1]);
          slot.assign(started ? tf.add(slot.read(), 0) : start);
          started = true;
        },
      };
    }),
    "a second data-dependent start",
    /\(after loading\), which must not start again/,
  ],
  [
    "a row's log p depends on its batch",
    broken((model) => withLogProb(model, (value, x) => tf.add(value, tf.mean(tf.square(x))))),
    "does not depend on the batch",
    /^log p in batches of 1 beside that in one of 7: entry 0 is/,
  ],
  [
    "float32 overflows",
    broken((model) =>
      withLogProb(model, (value) => tf.sub(tf.log(tf.exp(tf.add(value, 100))), 100)),
    ),
    "float32 gives nearly",
    /^log p: entry 0 is Infinity/,
  ],
  [
    "a tensor is kept",
    broken((model) => withLogProb(model, (value) => tf.keep(tf.mul(value, 1)))),
    "no tensor stays behind",
    /\d+ tensors more after a second round of log p, samples and loss on tfjs-cpu/,
  ],
  [
    "the stages lose their log-determinants",
    broken(({ stages, ...model }) => ({
      ...model,
      ...(stages
        ? {
            stages: {
              ...stages,
              encode: (x, call) =>
                stages
                  .encode(x, call)
                  .map(({ z, logDet }) => ({ z, logDet: tf.zerosLike(logDet) })),
            },
          }
        : {}),
    })),
    "the stages lead",
    /^log-det of stage 1 \("layer 1"\) beside its Jacobian's/,
  ],
  [
    "the last stage is missing",
    broken(({ stages, ...model }) => ({
      ...model,
      ...(stages
        ? { stages: { ...stages, encode: (x, call) => stages.encode(x, call).slice(0, -1) } }
        : {}),
    })),
    "the stages lead",
    /stages.encode gives 2 stages for 3 names/,
  ],
  [
    "the parts come in the wrong order",
    broken((model) => ({ ...model, parts: () => [...(model.parts?.() ?? [])].reverse() })),
    "its parts, one after another",
    /^rows of part 1 beside the stage's/,
  ],
  [
    "a part forgets variables",
    broken((model) => ({
      ...model,
      parts: () => (model.parts?.() ?? []).map((part) => ({ ...part, store: model.store.part() })),
    })),
    "its parts, one after another",
    /no part has the variable ".+": it stays untrained/,
  ],
];
