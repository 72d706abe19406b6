import { tf } from "../../../src/engine/index.ts";
import { realNvp } from "../../../src/flows/real-nvp.ts";
import type { Family, Model } from "../../../src/model.ts";
import { broken, likelihoodOf, withEncode, type Mutation } from "../broken.ts";

/** A model that lacks parts or gives tensors of wrong shapes. */
export const parts: readonly Mutation[] = [
  [
    "the family says nothing of what it supports",
    { ...realNvp, name: "broken", supports: undefined } as unknown as Family,
    "has the parts of a family",
    /^broken has no supports \(expected an object, got undefined\)/,
  ],
  [
    "the family takes no rows at all",
    { ...realNvp, name: "broken", supports: { ...realNvp.supports, tabular: false } },
    "has the parts of a family",
    /^broken supports neither tabular rows nor images/,
  ],
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
  [
    "with a condition, log p is a column",
    broken((model) => {
      const value = likelihoodOf(model.logProb[0]);
      const column: typeof value = (x, call) => {
        const logProb = value(x, call);
        return call.context ? tf.expandDims(logProb, 1) : logProb;
      };
      return { ...model, logProb: [{ name: "", provenance: { kind: "exact" }, value: column }] };
    }),
    "the same with a condition",
    /logProb returned log p of shape \[5, 1\], expected \[5\]/,
  ],
];
