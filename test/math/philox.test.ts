import { test } from "uvu";
import * as assert from "uvu/assert";

import { philox } from "../../src/math/philox.ts";

/** From the authors' Random123 distribution, kat_vectors, philox4x32 with ten rounds: counter, key, block. */
const KNOWN = [
  [[0, 0, 0, 0], [0, 0], "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
  [[-1, -1, -1, -1], [-1, -1], "408f276d 41c83b0e a20bc7c6 6d5451fd"],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    "d16cfe09 94fdcceb 5001e420 24126ea1",
  ],
] as const;

test("philox gives the published known answers", () => {
  for (const [counter, key, expected] of KNOWN) {
    const out = new Uint32Array(4);
    philox(counter[0], counter[1], counter[2], counter[3], key[0], key[1], out);
    const words = Array.from(out, (word) => word.toString(16).padStart(8, "0"));
    assert.is(words.join(" "), expected);
  }
});

test.run();
