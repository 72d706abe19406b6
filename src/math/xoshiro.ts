/**
 * Random 32-bit words, one after the other, by xoshiro128++ (Blackman & Vigna 2021, "Scrambled linear pseudorandom number
 * generators"): several times as fast as Philox, for streams that are read from their start alone.
 */
export class Xoshiro {
  readonly #state: Int32Array;
  readonly #one = new Uint32Array(1);

  /** @param start four words, not all 0. Starts drawn at random lie far apart on the period of 2¹²⁸ − 1. */
  constructor(start: Uint32Array) {
    this.#state = Int32Array.from(start);
  }

  next(): number {
    this.fill(this.#one, 1);
    return this.#one[0] ?? 0;
  }

  /** Writes the next `count` words to the front of the array. On local variables, which stay in registers. */
  fill(words: Uint32Array, count: number): void {
    let [a = 0, b = 0, c = 0, d = 0] = this.#state;
    for (let i = 0; i < count; i++) {
      const sum = (a + d) | 0;
      words[i] = ((sum << 7) | (sum >>> 25)) + a;
      const shifted = b << 9;
      c ^= a;
      d ^= b;
      b ^= c;
      a ^= d;
      c ^= shifted;
      d = (d << 11) | (d >>> 21);
    }
    this.#state.set([a, b, c, d]);
  }
}
