import { positive } from "../options.ts";
import { concentricCircles } from "./concentric-circles.ts";
import { defineDataset } from "./dataset.ts";
import { syntheticDataset, syntheticOptions, syntheticOutline } from "./synthetic.ts";

/** FFJORD's, noise 0.08. */
const RADII = [3, 2.25, 1.5, 0.75];

/** Four circles of radius 3, 2.25, 1.5 and 0.75, equally likely. */
export const rings = (noise: number) => concentricCircles(RADII, noise);

export const ringsDataset = defineDataset({
  name: "rings",
  summary: "four concentric circles with Gaussian noise, 2-D",
  source: "FFJORD (Grathwohl et al. 2019, arXiv:1810.01367), toy data",
  options: {
    ...syntheticOptions,
    noise: positive(0.08, "standard deviation of the Gaussian noise"),
  },
  load: ({ options, rng }) =>
    Promise.resolve(syntheticDataset("rings", rings(options.noise), options, rng)),
  outline: (options) => syntheticOutline(2, options),
});
