import { test } from "uvu";

import { familyContract } from "../../src/contract/index.ts";
import { flattened } from "./broken.ts";

// So that the faults that test/contract/mutations.test.ts finds in it are the ones that were made.
for (const { name, run } of familyContract(flattened, {
  options: { layers: 2, hidden: [8], norm: "actnorm" },
}))
  test(`a sound image family passes: ${name}`, run);

test.run();
