import { tf, type Tensor } from "../../../src/engine/index.ts";
import type { Family } from "../../../src/model.ts";
import { broken, likelihoodOf, withSample, type Mutation } from "../broken.ts";

/** Real NVP whose likelihood sees another condition. */
const withContext = (change: (context: Tensor | undefined) => Tensor | undefined): Family =>
  broken((model) => {
    const value = likelihoodOf(model.logProb[0]);
    const logProb: typeof value = (x, { context, ...call }) => {
      const other = change(context);
      return value(x, { ...call, ...(other ? { context: other } : {}) });
    };
    return { ...model, logProb: [{ name: "", provenance: { kind: "exact" }, value: logProb }] };
  });

/** Conditions that are not heeded. */
export const conditions: readonly Mutation[] = [
  [
    "the condition is ignored",
    withContext((context) => context && tf.zerosLike(context)),
    "depends on its own condition",
    /row 1 has the same log p under another condition; pass call.context on/,
  ],
  [
    "the first row's condition is taken for all",
    withContext(
      (context) => context && tf.tile(tf.slice(context, [0, 0], [1, -1]), [context.shape[0], 1]),
    ),
    "depends on its own condition",
    /row 1 has the same log p under another condition/,
  ],
  [
    "the conditions are averaged",
    withContext((context) => context && tf.add(context, tf.mean(context, 0, true))),
    "depends on its own condition",
    /^log p of rows whose condition stayed: entry 0 is/,
  ],
  [
    "the conditions are used in another order",
    withContext((context) => context && tf.cumsum(context, 0)),
    "change places with their conditions",
    /^log p of the permuted rows: entry \d is/,
  ],
  [
    "a missing condition is taken for zero",
    broken((model, { contextSize }) => {
      const value = likelihoodOf(model.logProb[0]);
      const lenient: typeof value = (x, call) =>
        value(x, { context: tf.zeros([x.shape[0], contextSize]), ...call });
      return { ...model, logProb: [{ name: "", provenance: { kind: "exact" }, value: lenient }] };
    }),
    "a missing or wrong condition",
    /^a missing context was accepted by a model of 2/,
  ],
  [
    "the sampler ignores the condition",
    withSample(
      ({ sampler }) =>
        (noise, { context, ...call }) =>
          sampler.sample(noise, {
            ...call,
            ...(context ? { context: tf.zerosLike(context) } : {}),
          }),
    ),
    "samples depend on the condition",
    /the sampler does not pass it on/,
  ],
];
