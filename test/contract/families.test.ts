import { test } from "uvu";
import * as assert from "uvu/assert";

import { familyContract, type FamilyContractOptions } from "../../src/contract/index.ts";
import { families } from "../../src/families.ts";

// Small networks: the mathematics does not depend on their size, the time does.
const small = { layers: 3, hidden: [12, 12] };

/** A free-form flow's decoder is an inverse after training, and only up to the error that the record tells. */
const learnedInverse =
  "encoder and decoder are two networks, each other's inverse only where training made them so.";

/** What a family needs beside the small network, by its name: tolerances, options, exemptions with their reasons. */
const settings: Readonly<Record<string, FamilyContractOptions>> = {
  // Learned maps of the channels become ill-conditioned where their entries are moved far.
  glow: { options: { levels: 2, steps: 1, hidden: [6, 6] }, perturbation: 0.5 },
  // The volume term's gradient is no derivative of the loss's value; beside this beta it is below what is looked at.
  "free-form": {
    options: { beta: 1e4 },
    imageShapes: [[4, 4, 1]],
    exempt: {
      "decode undoes encode": learnedInverse,
      "encode undoes decode": learnedInverse,
      "the sampler's log p is the model's": `the sampler knows z, the likelihood takes encode(x) for it, but ${learnedInverse}`,
      "the density integrates to one":
        "neither likelihood is a normalised density unless the decoder inverts the encoder; the integral after training is printed by test/freeform/free-form.test.ts.",
    },
  },
  // Both maps stop at the solver's error, a few times its tolerance; more steps in training would only take longer.
  cnf: {
    options: {
      hidden: [8, 8],
      rtol: 1e-9,
      atol: 1e-9,
      trainingSolver: "midpoint",
      trainingSteps: 2,
    },
    tolerance: 1e-6,
    grid: { options: { rtol: 1e-6, atol: 1e-6 }, cells: 100 },
  },
  // Both maps stop at the solver's error, a few times its tolerance. The U-Net of images has tests of its own.
  "flow-matching": {
    options: {
      ...{ network: "mlp", hidden: [8, 8], timeFeatures: 1 },
      ...{ rtol: 1e-8, atol: 1e-8 },
    },
    tolerance: 1e-6,
    grid: { options: { rtol: 1e-6, atol: 1e-6 }, cells: 100 },
    // Of so few entries that the divergence is exact.
    imageShapes: [
      [2, 2, 1],
      [1, 2, 3],
    ],
  },
  // Both maps stop at the solver's error, a few times its tolerance, on a short path. Images by a plain network too: the U-Net
  // has tests of its own, and every check would compile it several times over.
  diffusion: {
    options: {
      ...{ hidden: [8, 8], network: "mlp", timeFeatures: 1, epsilon: 0.01, betaMax: 5 },
      ...{ rtol: 1e-8, atol: 1e-8 },
    },
    tolerance: 1e-6,
    perturbation: 0.5,
    grid: { options: { rtol: 1e-6, atol: 1e-6 }, cells: 100 },
    imageShapes: [[2, 2, 1]],
  },
  // A cubic's slopes are at most 3 times the flatter of two bins': random bins far apart bend it sharply.
  "hermite-coupling": { tolerance: 1e-8, perturbation: 0.5 },
};

test("every entry of the table belongs to a family", () => {
  const names = families.map(({ name }) => name);
  assert.equal(
    Object.keys(settings).filter((name) => !names.includes(name)),
    [],
  );
});

for (const family of families) {
  const { options, ...rest } = settings[family.name] ?? {};
  for (const { name, run } of familyContract(family, {
    options: { ...small, ...options },
    ...rest,
  }))
    test(name, run);
}

test.run();
