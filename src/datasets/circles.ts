import { positive } from "../options.ts";
import { concentricCircles } from "./concentric-circles.ts";
import { defineDataset } from "./dataset.ts";
import { syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";

/** FFJORD's: scikit-learn's make_circles with factor 0.5 and noise 0.08, three times as large. */
const RADII = [3, 1.5];

/** Two circles of radius 3 and 1.5. */
export const circles = (noise: number) => concentricCircles(RADII, noise);

export const circlesDataset = defineDataset({
  name: "circles",
  summary: "two concentric circles with Gaussian noise, 2-D",
  source: "FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), toy data",
  options: {
    ...syntheticOptions,
    noise: positive(0.24, "standard deviation of the Gaussian noise"),
  },
  load: ({ options, rng }) =>
    Promise.resolve(syntheticDataset("circles", circles(options.noise), options, rng)),
  outline: (options) => syntheticOutline(2, options),
});
