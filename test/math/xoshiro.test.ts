import { test } from "uvu";
import * as assert from "uvu/assert";

import { Xoshiro } from "../../src/math/xoshiro.ts";

/** First words of the authors' xoshiro128plusplus.c from the state 1, 2, 3, 4, as other implementations list them, too. */
const KNOWN = [641, 1573767, 3222811527, 3517856514, 836907274, 4247214768, 3867114732, 1355841295];

const from1234 = (): Xoshiro => new Xoshiro(Uint32Array.of(1, 2, 3, 4));

test("xoshiro128++ gives the published words", () => {
  const words = new Uint32Array(KNOWN.length);
  from1234().fill(words, words.length);
  assert.equal([...words], KNOWN);
});

test("words one by one and in pieces are those drawn at once", () => {
  const source = from1234();
  const first = [source.next(), source.next(), source.next()];
  const rest = new Uint32Array(5);
  source.fill(rest, 5);
  assert.equal([...first, ...rest], KNOWN);
});

test("no more words are written than were asked for", () => {
  const words = new Uint32Array(3).fill(7);
  from1234().fill(words, 2);
  assert.equal([...words], [641, 1573767, 7]);
});

test.run();
