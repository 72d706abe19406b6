import { test } from "uvu";

import { familyContract } from "../../src/contract/index.ts";
import { families } from "../../src/families.ts";

// Small networks: the mathematics does not depend on their size, the time does.
const options = { layers: 3, hidden: [12, 12] };

for (const family of families)
  for (const { name, run } of familyContract(family, { options })) test(name, run);

test.run();
