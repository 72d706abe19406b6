import { checkerboardDataset } from "./checkerboard.ts";
import { circlesDataset } from "./circles.ts";
import { copiesDataset } from "./copies.ts";
import type { DatasetDefinition } from "./dataset.ts";
import { eightGaussiansDataset } from "./eight-gaussians.ts";
import { facesDataset } from "./faces.ts";
import { fileDataset } from "./file.ts";
import { gaussianDataset } from "./gaussian.ts";
import { gaussianMixtureDataset } from "./gaussian-mixture.ts";
import { pinwheelDataset } from "./pinwheel.ts";
import { ringsDataset } from "./rings.ts";
import { sbiGaussianLinearDataset } from "./sbi-gaussian-linear.ts";
import { sbiTwoMoonsDataset } from "./sbi-two-moons.ts";
import { twoMoonsDataset } from "./two-moons.ts";
import { twoSpiralsDataset } from "./two-spirals.ts";

/** Every data set that is built in, in the order of lists and help. */
export const datasets: readonly DatasetDefinition[] = [
  twoMoonsDataset,
  eightGaussiansDataset,
  checkerboardDataset,
  pinwheelDataset,
  twoSpiralsDataset,
  circlesDataset,
  ringsDataset,
  gaussianDataset,
  gaussianMixtureDataset,
  copiesDataset,
  sbiTwoMoonsDataset,
  sbiGaussianLinearDataset,
  facesDataset,
  fileDataset,
];
