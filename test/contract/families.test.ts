import { test } from "uvu";

import { familyContract, type FamilyContractOptions } from "../../src/contract/index.ts";
import { families } from "../../src/families.ts";

// Small networks: the mathematics does not depend on their size, the time does.
const small = { layers: 3, hidden: [12, 12] };

/** What a family needs beside the small network, by its name: tolerances, options, exemptions with their reasons. */
const settings: Readonly<Record<string, FamilyContractOptions>> = {
  "spline-coupling": { tolerance: 1e-8 },
};

for (const family of families) {
  const { options, ...rest } = settings[family.name] ?? {};
  for (const { name, run } of familyContract(family, {
    options: { ...small, ...options },
    ...rest,
  }))
    test(name, run);
}

test.run();
