import { test } from "uvu";

import { familyContract } from "../../src/contract/index.ts";
import { BASES } from "../../src/flows/base-distribution.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";

/** What a base can spoil; the map in front of it is tried elsewhere. */
const CONCERNED = [
  "shapes that were promised",
  "gets a gradient",
  "integrates to one",
  "the sampler's log p",
  "temperature scales",
  "saved and loaded",
  "float32",
];

for (const base of BASES.filter((name) => name !== "normal"))
  for (const { name, run } of familyContract(realNvp, {
    options: { layers: 2, hidden: [8], base, learnDegrees: true, components: 3 },
  }).filter((check) => CONCERNED.some((part) => check.name.includes(part))))
    test(`${name} (base ${base})`, run);

test.run();
