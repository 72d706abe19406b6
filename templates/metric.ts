/**
 * A metric of trained models. Check it with `flowmeter plugin test FILE`, use it with
 * `flowmeter run plugins=FILE family=real-nvp data=two-moons evaluation.metrics=[nll,kl,my_metric]`.
 */
import { definePlugin } from "flowmeter";
import { defineMetric, measure } from "flowmeter/metrics";

/**
 * Distance of the means of draws and of test rows, in standard deviations of the rows: the root of the mean square over
 * the columns. `twoSamples` gives as many draws as test rows, both already in these units.
 */
const myMetric = defineMetric({
  name: "my_metric",
  summary: "one line for lists and help",
  paper: "Authors (year), arXiv number",
  async compute({ twoSamples }) {
    const { model, data, nonfinite } = await twoSamples();
    const dim = model.shape[0] ?? 1;
    const difference = new Float64Array(dim);
    for (let k = 0; k < model.values.length; k++)
      difference[k % dim] =
        (difference[k % dim] ?? 0) + ((model.values[k] ?? 0) - (data.values[k] ?? 0)) / model.count;
    const value = Math.sqrt(difference.reduce((sum, d) => sum + d * d, 0) / dim);
    // The mean of n rows has deviation 1/√n in these units, and there are two of them.
    const stderr = Math.sqrt(2 / model.count);
    return {
      metrics: {
        my_metric: measure(value, stderr, {
          n: model.count,
          nonfinite,
          unit: "sd",
          provenance: { kind: "samples", draws: model.count },
        }),
      },
    };
  },
});

export const plugin = definePlugin({ metrics: [myMetric] });
