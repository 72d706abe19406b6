import { test } from "uvu";
import * as assert from "uvu/assert";

import { familyContract } from "../../src/contract/index.ts";
import { realNvp } from "../../src/flows/real-nvp.ts";
import { failureOf, flattened } from "./broken.ts";
import { mutations } from "./mutations/index.ts";

for (const [fault, family, part, says] of mutations)
  test(`is found: ${fault}`, async () => {
    assert.match(await failureOf(family, part), says);
  });

test("every check of the contract is failed by one of these faults", () => {
  const never = [...familyContract(realNvp), ...familyContract(flattened)]
    .map(({ name }) => name)
    .filter((name) => !mutations.some(([, , part]) => name.includes(part.replace("D = 2: ", ""))));
  assert.equal(never, []);
});

test.run();
