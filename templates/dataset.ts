/**
 * A data set. Check it with `flowmeter plugin test FILE`, use it with
 * `flowmeter run plugins=FILE family=real-nvp data=my-data`.
 */
import { definePlugin } from "flowmeter";
import {
  closedForm,
  defineDataset,
  syntheticDataset,
  syntheticOptions,
  syntheticOutline,
  type Distribution,
} from "flowmeter/datasets";
import { positive, real } from "flowmeter/options";

/**
 * A banana: x₁ ~ N(0, 1), x₂ ~ N(bend · x₁², noise²). The shear (x₁, x₂) → (x₁, x₂ − bend · x₁²) has determinant 1, so that
 * the entropy is that of two Gaussians: ln 2πe + ln noise.
 */
function banana(bend: number, noise: number): Distribution {
  return {
    dim: 2,
    // All randomness comes from `rng`: the same seed, the same rows.
    sample(count, rng) {
      const values = rng.normals(2 * count);
      for (let i = 0; i < count; i++) {
        const x = values[2 * i] ?? 0;
        values[2 * i + 1] = bend * x * x + noise * (values[2 * i + 1] ?? 0);
      }
      return values;
    },
    // log p of the row that starts at index `at`, nats.
    logDensity(rows, at) {
      const x = rows[at] ?? 0;
      const e = ((rows[at + 1] ?? 0) - bend * x * x) / noise;
      return -0.5 * (x * x + e * e) - Math.log(2 * Math.PI * noise);
    },
    entropy: closedForm(Math.log(2 * Math.PI * Math.E) + Math.log(noise)),
  };
}

// `size` and `split` are options of every generated set.
const options = {
  ...syntheticOptions,
  bend: real(0.5, "how strongly the second column follows the square of the first"),
  noise: positive(0.3, "standard deviation of the second column around it"),
};

const myData = defineDataset({
  name: "my-data",
  summary: "one line for lists and help",
  source: "where it comes from: a paper, a file, yourself",
  options,
  // A set that is read from a file fills in a `Dataset` here, and may leave out `entropy` and `logDensity`.
  load: ({ options: chosen, rng }) =>
    Promise.resolve(syntheticDataset("my-data", banana(chosen.bend, chosen.noise), chosen, rng)),
  // What is known beforehand: families that do not take such rows are then found before a sweep starts.
  outline: (chosen) => syntheticOutline(2, chosen),
});

export const plugin = definePlugin({ datasets: [myData] });
