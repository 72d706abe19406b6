/** Why a training diverged, in words that say what to change. */
interface Where {
  readonly step: number;
  readonly learningRate: number;
}

export const lossNotFinite = (
  loss: number,
  { step, steps, learningRate }: Where & { readonly steps: number },
): string =>
  `train: the loss became ${Number.isNaN(loss) ? "NaN" : "infinite"} at step ${step} of ${steps} (learning rate ` +
  `${learningRate}); lower it or set training.clip.`;

/** The last step's loss is of the weights before it, so without an evaluation nothing else would tell. */
export const weightsNotFinite = ({ step, learningRate }: Where): string =>
  `train: the weights are not finite after step ${step} (learning rate ${learningRate}); lower it or set training.clip.`;

/**
 * The weights may be finite while some validation row is beyond what the model can express, or they may not be.
 *
 * @param failure what the model itself says, such as that a solver's budget was too small
 */
export const neverFinite = ({ step, learningRate }: Where, failure?: string): string =>
  failure === undefined
    ? `train: no evaluation up to step ${step} gave a finite validation value (learning rate ${learningRate}); ` +
      "lower it, set training.clip, or look for outliers in the validation rows."
    : `train: no evaluation up to step ${step} gave a finite validation value: ${failure}`;
