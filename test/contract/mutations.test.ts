import { test } from "uvu";
import * as assert from "uvu/assert";

import { failureOf } from "./broken.ts";
import { conditions } from "./mutations/conditions.ts";
import { densities } from "./mutations/densities.ts";
import { gradients } from "./mutations/gradients.ts";
import { parts } from "./mutations/parts.ts";
import { states } from "./mutations/states.ts";

for (const [fault, family, part, says] of [
  ...parts,
  ...densities,
  ...gradients,
  ...states,
  ...conditions,
])
  test(`is found: ${fault}`, async () => {
    assert.match(await failureOf(family, part), says);
  });

test.run();
