import { philox } from "./philox.ts";
import { Xoshiro } from "./xoshiro.ts";
import { fillNormals } from "./ziggurat.ts";

/** Seeded generator; counter-based, so that any stream can be entered at any point. All draws are in float64. */
export interface Rng {
  /** An independent stream for one purpose: same parent and label, same stream. Does not advance this generator. */
  fork(label: string | number): Rng;
  /** n draws from U[0, 1), 53 bits each. */
  uniforms(n: number): Float64Array;
  /** n draws from N(0, 1). */
  normals(n: number): Float64Array;
  /**
   * n draws from N(0, 1) of 25 bits each, about what float32 holds, some ten times as fast as `normals`: for noise that
   * training and probes need in masses. A stream apart from those of the other methods.
   */
  fastNormals(n: number): Float64Array;
  /** n draws of ±1, from another stream of their own. */
  signs(n: number): Float64Array;
  /** n integers in 0..below−1, without modulo bias. */
  integers(n: number, below: number): Int32Array;
  /** A random order of 0..n−1 (Fisher–Yates). */
  permutation(n: number): Int32Array;
}

type Key = readonly [number, number];

/** Fourth counter word while a label is hashed. Draws have 0 there, so no child's key is ever a parent's draw. */
const LABEL = 0x6c61626c;
/** Key above all seeds; any constant would do. */
const ROOT: Key = [0x666c6f77, 0x6d657472];
const UNITS_PER_BLOCK = 4;

/**
 * Key of a labelled child. Philox itself is the hash: blocks of four UTF-16 units are the counter, the key is that of
 * the block before. The last block carries the length, so "a" and "a\0" differ.
 */
function childKey(parent: Key, label: string): Key {
  const out = new Uint32Array(4);
  let key = parent;
  const blocks = Math.floor(label.length / UNITS_PER_BLOCK) + 1;
  for (let block = 0; block < blocks; block++) {
    const unit = (i: number): number => label.charCodeAt(block * UNITS_PER_BLOCK + i) || 0;
    const tail = block === blocks - 1 ? label.length + 1 : 0;
    const [c0, c1] = [unit(0) | (unit(1) << 16), unit(2) | (unit(3) << 16)];
    philox(c0, c1, tail, LABEL, ...key, out);
    key = [out[0] ?? 0, out[1] ?? 0];
  }
  return key;
}

/**
 * A generator from a seed. 7 and "7" are the same seed.
 *
 * Draws in pieces equal draws at once: normals(3) and then normals(2) give the numbers of normals(5).
 */
export const createRng = (seed: number | string): Rng => withKey(childKey(ROOT, String(seed)));

const checkCount = (what: string, n: number): void => {
  if (!Number.isInteger(n) || n < 0)
    throw new Error(`rng.${what}: expected a whole number of draws of at least 0, got ${n}.`);
};

/** Words of one key, one after the other. */
function wordStream(key: Key): () => number {
  const [k0, k1] = key;
  const block = new Uint32Array(4);
  let used = 4;
  let low = 0;
  let high = 0;
  return () => {
    if (used === 4) {
      philox(low, high, 0, 0, k0, k1, block);
      used = 0;
      low = (low + 1) >>> 0;
      if (low === 0) high = (high + 1) >>> 0;
    }
    return block[used++] as number;
  };
}

/** Fourth counter word of the blocks that start the fast streams of a key. */
const FAST = 0x66617374;

interface FastStreams {
  readonly signs: Xoshiro;
  readonly normals: Xoshiro;
  /** What some normals need besides. */
  readonly further: Xoshiro;
}

/** The fast streams of a key. They start when they are first asked for: most keys never need them. */
function fastStreams(key: Key): () => FastStreams {
  const start = (which: number): Xoshiro => {
    const words = new Uint32Array(4);
    philox(which, 0, 0, FAST, ...key, words);
    return new Xoshiro(words);
  };
  let streams: FastStreams | undefined;
  return () => (streams ??= { signs: start(0), normals: start(1), further: start(2) });
}

/** U[0, 1) of 53 bits, from two words. */
const toUniform = (first: number, second: number): number =>
  ((first >>> 5) * 67108864 + (second >>> 6)) / 9007199254740992;

/**
 * Fills an array with normals by Box & Muller (1958), two uniforms for two of them. What an odd number leaves is the first of
 * the next call. One loop: training draws many thousands for every step.
 */
function normalStream(word: () => number): (values: Float64Array) => void {
  let spare: number | undefined;
  return (values) => {
    let i = 0;
    if (spare !== undefined && values.length > 0) {
      values[i++] = spare;
      spare = undefined;
    }
    while (i < values.length) {
      // 1 − u is in (0, 1], so that the logarithm is finite; the largest normal is √(106 ln 2) = 8.57.
      const radius = Math.sqrt(-2 * Math.log(1 - toUniform(word(), word())));
      const angle = 2 * Math.PI * toUniform(word(), word());
      values[i++] = radius * Math.cos(angle);
      const second = radius * Math.sin(angle);
      if (i < values.length) values[i++] = second;
      else spare = second;
    }
  };
}

function withKey(key: Key): Rng {
  const word = wordStream(key);
  const fillExactly = normalStream(word);
  const fast = fastStreams(key);
  const integer = (below: number): number => {
    // Words at or above the largest multiple of `below` are drawn again: without this small numbers are likelier.
    const limit = 4294967296 - (4294967296 % below);
    let drawn = word();
    while (drawn >= limit) drawn = word();
    return drawn % below;
  };
  return {
    fork: (label) => withKey(childKey(key, String(label))),
    uniforms(n) {
      checkCount("uniforms", n);
      const values = new Float64Array(n);
      for (let i = 0; i < n; i++) values[i] = toUniform(word(), word());
      return values;
    },
    normals(n) {
      checkCount("normals", n);
      const values = new Float64Array(n);
      fillExactly(values);
      return values;
    },
    fastNormals(n) {
      checkCount("fastNormals", n);
      const values = new Float64Array(n);
      const { normals, further } = fast();
      fillNormals(values, normals, further);
      return values;
    },
    signs(n) {
      checkCount("signs", n);
      const words = new Uint32Array(n);
      fast().signs.fill(words, n);
      const values = new Float64Array(n);
      // The top bit; without a branch, which the processor could not foresee.
      for (let i = 0; i < n; i++) values[i] = 2 * ((words[i] as number) >>> 31) - 1;
      return values;
    },
    integers(n, below) {
      checkCount("integers", n);
      if (!Number.isInteger(below) || below < 1 || below > 2147483648)
        throw new Error(
          `rng.integers: expected a bound in 1..2147483648 (results are int32), got ${below}.`,
        );
      return new Int32Array(n).map(() => integer(below));
    },
    permutation(n) {
      checkCount("permutation", n);
      const order = Int32Array.from({ length: n }, (_, i) => i);
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        const moved = order[i] ?? 0;
        order[i] = order[j] ?? 0;
        order[j] = moved;
      }
      return order;
    },
  };
}
