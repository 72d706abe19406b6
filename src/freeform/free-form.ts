import { standardNormal } from "../distributions/standard-normal.ts";
import { withRedrawnCounts } from "../distributions/with-redrawn-counts.ts";
import { createStore, offTape, tf, type Tensor } from "../engine/index.ts";
import { defineFamily, ModelError, type Call, type Model } from "../model.ts";
import { integer, positive, real } from "../options.ts";
import { jacobianLikelihoods } from "./likelihoods.ts";
import { freeFormLoss } from "./loss.ts";
import { checkPair, freeFormPair, pairOptions } from "./pair.ts";
import { trainingScore } from "./training-score.ts";
import { logVolume, volume, volumeOptions } from "./volume.ts";

/** Entries of a row up to which samples come with their log p, by a Jacobian of D reverse passes each. */
const LOG_PROB_OF_SAMPLES_UP_TO = 64;

/**
 * Free-form flow: an autoencoder without a bottleneck, of any two networks of equal dimension, trained by maximum
 * likelihood through an estimate of the gradient of log|det f′| that needs no structure of the networks.
 *
 * Its bijection is one where the training succeeded: decode(encode(x)) misses x by the reconstruction error that the
 * record tells. Its log-determinants are those of the map that was applied, without a gradient.
 */
export const freeForm = defineFamily({
  name: "free-form",
  summary: "an encoder and a decoder of any networks, trained to be each other's inverse",
  paper: "Draxler, Sorrenson, Zimmermann, Rousselot & Köthe (2024), arXiv:2310.16624",
  options: {
    ...pairOptions,
    beta: real(
      100,
      "weight of the reconstruction error; too small, and the decoder is no inverse",
      {
        min: 0,
      },
    ),
    betaWarmup: integer(0, "steps over which beta rises from 0, linearly", { min: 0, max: 1e9 }),
    probes: integer(1, "random directions per row and step that the volume term looks along", {
      min: 1,
      max: 1000,
    }),
    reconstructionBound: positive(
      0.01,
      "rows whose squared reconstruction error is above it are counted in the record",
    ),
    ...volumeOptions,
  },
  training: { learningRate: 3e-3, clip: 1 },
  supports: { tabular: true, image: true, conditional: true, minDim: 1 },
  checkOptions: (options) => {
    checkPair("free-form", options);
  },
  build({ options, shape, contextSize, cells, rng }) {
    const name = "free-form";
    checkPair(name, options);
    const dim = shape.reduce((product, d) => product * d, 1);
    const { probes } = options;
    if (probes > dim)
      throw new ModelError(
        `${name}: expected at most as many probes as dimensions, ${dim}, got ${probes}: they are orthogonal; lower family.probes.`,
      );
    const store = createStore();
    const pair = freeFormPair(store, { shape, contextSize, name }, options, rng);
    const base = standardNormal(dim);
    const way = volume(options, dim);
    const flat = (x: Tensor): Tensor => tf.reshape(x, [-1, dim]);
    const rows = (x: Tensor): Tensor => tf.reshape(x, [-1, ...shape]);
    const encode = (call: Call) => (x: Tensor) => pair.encode(x, call);
    const decode = (call: Call) => (z: Tensor) => pair.decode(z, call);
    const model: Model = {
      shape,
      store,
      monitor: "nll",
      noise: { probes: { shape: (batch) => [batch, dim, probes], kind: "orthonormal" } },
      loss: ({ batch, noise, ...call }) =>
        freeFormLoss(pair, base, options, {
          ...call,
          batch: flat(batch),
          probes: noise["probes"] as Tensor,
        }),
      bijection: {
        encode: (x, call) => ({
          z: pair.encode(flat(x), call),
          logDet: offTape(() => logVolume(encode(call), flat(x))),
        }),
        decode: (z, call) => ({
          x: rows(pair.decode(z, call)),
          logDet: offTape(() => logVolume(decode(call), z)),
        }),
      },
      score: trainingScore({ ...options, pair, base, shape, volume: way }),
      logProb: jacobianLikelihoods({ ...options, pair, base, shape, volume: way }),
      sampler: {
        noise: base.noise,
        sample(noise, { temperature, ...call }) {
          const z = base.sample(noise, temperature);
          return {
            x: rows(pair.decode(z, call)),
            // An estimate is no density of a single row; beyond, samples would cost far more than they do.
            ...(way.exact &&
              dim <= LOG_PROB_OF_SAMPLES_UP_TO && {
                logProb: tf.sub(base.logProb(z), logVolume(decode(call), z)),
              }),
          };
        },
      },
    };
    return withRedrawnCounts(model, cells);
  },
});
