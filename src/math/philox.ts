/**
 * Philox4x32 with ten rounds (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"): a
 * bijection of 128-bit counters for every 64-bit key, whose outputs pass BigCrush.
 *
 * Products of 32-bit words are put together from 16-bit halves, since a double holds 53 bits only.
 */
const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;

const low0 = MULTIPLIER_0 & 0xffff;
const high0 = MULTIPLIER_0 >>> 16;
const low1 = MULTIPLIER_1 & 0xffff;
const high1 = MULTIPLIER_1 >>> 16;

/** Upper 32 bits of the 64-bit product of a = high · 2¹⁶ + low and b. */
function upper(low: number, high: number, b: number): number {
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross0 = Math.imul(low, bHigh);
  const cross1 = Math.imul(high, bLow);
  const middle = (Math.imul(low, bLow) >>> 16) + (cross0 & 0xffff) + (cross1 & 0xffff);
  return (Math.imul(high, bHigh) + (cross0 >>> 16) + (cross1 >>> 16) + (middle >>> 16)) | 0;
}

/**
 * One block of four random words.
 *
 * @param c0 c1 c2 c3 the counter, least significant word first
 * @param k0 k1 the key
 * @param out receives the four words
 */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
  out: Uint32Array,
): void {
  for (let round = 0; round < ROUNDS; round++) {
    const upper0 = upper(low0, high0, c0);
    const upper1 = upper(low1, high1, c2);
    const lower0 = Math.imul(MULTIPLIER_0, c0);
    const lower1 = Math.imul(MULTIPLIER_1, c2);
    c0 = upper1 ^ c1 ^ k0;
    c1 = lower1;
    c2 = upper0 ^ c3 ^ k1;
    c3 = lower0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}
