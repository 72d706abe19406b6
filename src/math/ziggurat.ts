import type { Xoshiro } from "./xoshiro.ts";

/** Boxes of equal area that cover the right half of exp(−x²/2), the last with the tail beyond TAIL. */
const BOXES = 128;
/** Where the tail begins, and the area of each box (Doornik 2005, table 1). */
const TAIL = 3.442619855899;
const AREA = 9.91256303526217e-3;

/** Right ends of the boxes, from the widest to 0; that of the first is as wide as its area at the height of the tail. */
const ends = boxEnds();
/** A word's upper 25 bits with their sign, times this, lie within the box. */
const scales = ends.map((end) => end / 2147483648);
/** Below this they lie under the curve for sure: within the next box. */
const inside = Float64Array.from({ length: BOXES }, (_, i) => {
  const [end = 1, next = 0] = ends.subarray(i, i + 2);
  return (next / end) * 2147483648;
});

function boxEnds(): Float64Array {
  const found = new Float64Array(BOXES + 1);
  const height = (x: number): number => Math.exp((-x * x) / 2);
  found[0] = AREA / height(TAIL);
  let last = TAIL;
  for (let i = 1; i < BOXES; i++) {
    found[i] = last;
    last = Math.sqrt(-2 * Math.log(AREA / last + height(last)));
  }
  return found;
}

/** U(0, 1] of 32 bits. */
const positive = (word: number): number => (word + 1) / 4294967296;

/** |x| beyond TAIL, by Marsaglia (1964). */
function tail(words: Xoshiro): number {
  for (;;) {
    const beyond = -Math.log(positive(words.next())) / TAIL;
    if (-2 * Math.log(positive(words.next())) >= beyond * beyond) return TAIL + beyond;
  }
}

/** Words that are drawn at once. */
const CHUNK = 1024;
const chunk = new Uint32Array(CHUNK);

/**
 * Fills an array with draws from N(0, 1) by the ziggurat of Marsaglia & Tsang (2000), of 25 bits, about what float32 holds.
 * The box is chosen by other bits of the word than the place in it, since otherwise the two depend on each other (Doornik
 * 2005, "An improved ziggurat method to generate normal random samples").
 *
 * @param words gives one word for each draw, which is enough for 98 of 100
 * @param further gives what the others need, so that the first can be drawn many at once
 */
export function fillNormals(values: Float64Array, words: Xoshiro, further: Xoshiro): void {
  for (let start = 0; start < values.length; start += CHUNK) {
    const count = Math.min(CHUNK, values.length - start);
    words.fill(chunk, count);
    for (let i = 0; i < count; i++) {
      const word = chunk[i] as number;
      const box = word & (BOXES - 1);
      const place = (word | 0) & ~(BOXES - 1);
      values[start + i] =
        Math.abs(place) < (inside[box] as number)
          ? place * (scales[box] as number)
          : nearEdge(word, further);
    }
  }
}

/** The draw of a word that does not lie under the curve for sure. */
function nearEdge(word: number, further: Xoshiro): number {
  for (;;) {
    const box = word & (BOXES - 1);
    const place = (word | 0) & ~(BOXES - 1);
    const x = place * (scales[box] ?? 0);
    if (Math.abs(place) < (inside[box] ?? 0)) return x;
    if (box === 0) return place < 0 ? -tail(further) : tail(further);
    if (underCurve(x, box, further)) return x;
    word = further.next();
  }
}

/** Whether a point at a uniform height of this box, above the next one, lies under exp(−x²/2). */
function underCurve(x: number, box: number, words: Xoshiro): boolean {
  const [end, next] = [ends[box] ?? 0, ends[box + 1] ?? 0];
  const low = Math.exp((x * x - end * end) / 2);
  const high = Math.exp((x * x - next * next) / 2);
  return low + positive(words.next()) * (high - low) < 1;
}
