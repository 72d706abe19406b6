import { tf, type Tensor } from "../../../src/engine/index.ts";
import type { Bijection } from "../../../src/model.ts";
import {
  broken,
  flattened,
  layered,
  mapOf,
  withEncode,
  withLogProb,
  withSample,
  type Mutation,
} from "../broken.ts";

const halfLogTwoPi = 0.5 * Math.log(2 * Math.PI);

/** Log-determinants, densities and samples that are not what they claim. */
export const densities: readonly Mutation[] = [
  [
    "the log-det has the wrong sign",
    withEncode(({ z, logDet }) => ({ z, logDet: tf.neg(logDet) })),
    "log-det of encode equals",
    /^logDet\(encode\): entry 0 is/,
  ],
  [
    "decode's log-det is encode's",
    broken((model) => {
      const map = mapOf(model);
      const decode: Bijection["decode"] = (z, call) => {
        const { x, logDet } = map.decode(z, call);
        return { x, logDet: tf.neg(logDet) };
      };
      return { ...model, bijection: { ...map, decode } };
    }),
    "log-det of decode equals",
    /^logDet\(decode\): entry 0 is/,
  ],
  [
    "encode reaches half of the latent space only",
    layered(() => [
      {
        encode: (x) => ({ z: tf.exp(x), logDet: tf.sum(x, 1) }),
        decode(z) {
          const x = tf.log(tf.abs(z));
          return { x, logDet: tf.neg(tf.sum(x, 1)) };
        },
      },
    ]),
    "encode undoes decode",
    /^encode\(decode\(z\)\): entry \d is/,
  ],
  [
    "there are no layers",
    layered(() => []),
    "is not the identity where it is tried",
    /^encode gives back its rows/,
  ],
  [
    "the log-det is right at the identity start only",
    layered((dim, store) => {
      const scale = store.variable("scale", [1, dim], new Float64Array(dim));
      const logDet = (x: Tensor): Tensor => tf.sum(tf.mul(tf.onesLike(x), scale.read()), 1);
      return [
        {
          encode: (x) => ({ z: tf.mul(x, tf.exp(tf.mul(scale.read(), 2))), logDet: logDet(x) }),
          decode: (z) => ({
            x: tf.div(z, tf.exp(tf.mul(scale.read(), 2))),
            logDet: tf.neg(logDet(z)),
          }),
        },
      ];
    }),
    "log-det of encode equals",
    /^logDet\(encode\): entry 0 is/,
  ],
  [
    "decode forgets a permutation",
    layered(() => [
      {
        preservesVolume: true,
        encode: (x) => ({ z: tf.reverse(tf.mul(x, -1), 1), logDet: tf.zeros([x.shape[0]]) }),
        decode: (z) => ({ x: tf.mul(z, -1), logDet: tf.zeros([z.shape[0]]) }),
      },
    ]),
    "decode undoes encode",
    /^decode\(encode\(x\)\): entry 0 is/,
  ],
  [
    "the density has lost its 2π",
    broken((model) =>
      withLogProb(model, (value, x) => tf.add(value, halfLogTwoPi * (x.shape[1] ?? 0))),
    ),
    "D = 2: the density integrates",
    /^integral of the density: entry 0 is 6\.2\d+, expected 1/,
  ],
  [
    "the density of images has lost its 2π",
    broken((model) => withLogProb(model, (value) => tf.add(value, 16 * halfLogTwoPi)), flattened),
    "latent density integrates",
    /E\[φ\/q\] over the samples is 0\.000 .* expected 1: the density lacks a factor/,
  ],
  [
    "samples are narrower than the density, at any temperature",
    withSample(({ sampler }) => (noise, call) => {
      const { x } = sampler.sample(noise, call);
      return { x: tf.mul(x, 0.9) };
    }),
    "D = 2: the density integrates",
    /^samples do not follow the density: normalised chi-square/,
  ],
  [
    "samples of images are narrower than the density",
    broken(
      (model) => ({
        ...model,
        sampler: {
          ...model.sampler,
          sample: (noise, call) => ({ x: tf.mul(model.sampler.sample(noise, call).x, 0.9) }),
        },
      }),
      flattened,
    ),
    "latent density integrates",
    /or samples do not follow it/,
  ],
  [
    "the samples' log p is that of the latent rows",
    withSample((model) => (noise, call) => {
      const { x, logProb } = model.sampler.sample(noise, call);
      const { logDet } = mapOf(model).encode(x, call);
      return { x, ...(logProb ? { logProb: tf.sub(logProb, logDet) } : {}) };
    }),
    "the sampler's log p",
    /^the sampler's log p at temperature 1: entry 0 is/,
  ],
  [
    "the samples' log p is that of temperature 1 only",
    withSample(({ sampler }) => (noise, call) => {
      const { x, logProb } = sampler.sample(noise, call);
      return { x, ...(logProb ? { logProb: tf.div(logProb, call.temperature) } : {}) };
    }),
    "the sampler's log p",
    /^the sampler's log p at temperature 0.6: entry 0 is/,
  ],
  [
    "the sampler ignores the temperature",
    withSample(
      ({ sampler }) =>
        (noise, call) =>
          sampler.sample(noise, { ...call, temperature: tf.scalar(1) }),
    ),
    "temperature scales",
    /half the temperature does not bring the samples nearer/,
  ],
  [
    "the sampler ignores its noise",
    withSample(
      ({ sampler }) =>
        (noise, call) =>
          sampler.sample(tf.onesLike(noise), call),
    ),
    "the seed decides the samples",
    /two seeds give the same samples/,
  ],
];
