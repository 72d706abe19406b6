import { tf } from "../../../src/engine/index.ts";
import type { Model } from "../../../src/model.ts";
import { broken, withEncode, type Mutation } from "../broken.ts";

/** A model that lacks parts or gives tensors of wrong shapes. */
export const parts: readonly Mutation[] = [
  [
    "build throws",
    broken(() => {
      throw new Error("no luck");
    }),
    "build gives a model",
    /^broken at D = 3: build threw: no luck$/,
  ],
  [
    "a method is missing",
    broken((model) => ({ ...model, sampler: { noise: model.sampler.noise } }) as unknown as Model),
    "build gives a model",
    /broken at D = 3: the model that build returned has no sampler.sample \(expected a function, got undefined\)/,
  ],
  [
    "encode drops a column",
    withEncode(({ z, logDet }) => ({ z: tf.slice(z, [0, 1]), logDet })),
    "5 rows gives the shapes",
    /^broken at D = 3: encode returned z of shape \[5, 2\], expected \[5, 3\]/,
  ],
  [
    "the log-det is one number for all rows",
    withEncode(({ z, logDet }) => ({ z, logDet: tf.mean(logDet) })),
    "a batch of 1 row gives",
    /encode returned logDet of shape \[\], expected \[1\]/,
  ],
  [
    "the log-det is NaN",
    withEncode(({ z, logDet }) => ({ z, logDet: tf.log(tf.sub(tf.mul(logDet, 0), 1)) })),
    "5 rows gives the shapes",
    /encode returned logDet with NaN in row 0; expected finite numbers/,
  ],
];
