/** Random numbers that are in memory at once. */
const MOST_NOISE = 2 ** 24;

/** Rows whose noise may be in memory at once, for so many numbers per row; at least one. */
export const affordableRows = (noisePerRow: number): number =>
  Math.max(1, Math.floor(MOST_NOISE / Math.max(1, noisePerRow)));

/**
 * Numbers of many rows, by as many at a time as their noise allows: what takes noise draws it as it is used, since that of
 * a stochastic sampler or of random directions is far larger than the rows.
 *
 * @param compute numbers of the rows start..start+count−1, row-major by name
 * @returns the same of all rows
 */
export async function inParts(
  count: number,
  noisePerRow: number,
  compute: (start: number, count: number) => Promise<Readonly<Record<string, Float64Array>>>,
): Promise<Record<string, Float64Array>> {
  const most = affordableRows(noisePerRow);
  const all: Record<string, Float64Array> = {};
  for (let start = 0; start < count; start += most) {
    const size = Math.min(most, count - start);
    for (const [name, values] of Object.entries(await compute(start, size))) {
      const perRow = values.length / size;
      (all[name] ??= new Float64Array(count * perRow)).set(values, start * perRow);
    }
  }
  return all;
}
