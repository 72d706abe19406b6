import { decode } from "fast-png";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { densityMaps } from "../../src/report/density-maps.ts";

/** The pictures of a figure, pixel by pixel. */
const picturesOf = (svg: string) =>
  [...svg.matchAll(/href="data:image\/png;base64,([^"]+)"/g)].map(([, text = ""]) => {
    const { width, data } = decode(Buffer.from(text, "base64"));
    return (x: number, y: number): number[] => [
      ...data.slice(3 * (y * width + x), 3 * (y * width + x) + 3),
    ];
  });

// The ends of viridis.
const [DARK, BRIGHT] = [
  [68, 1, 84],
  [253, 231, 37],
];

test("the first coordinate points to the right and the second upwards; colours go from 0 to the first panel's largest", async () => {
  // Cells (0, 0), (0, 1), (1, 0), (1, 1).
  const data = [0, 0, Math.log(0.1), Math.log(0.5)];
  data[0] = data[1] = -Infinity;
  const model = [Math.log(2), NaN, -Infinity, Math.log(0.25)];
  const svg = await densityMaps([
    { row: "data", col: "moons <&", cells: 2, logDensity: data },
    { row: "flow", col: "moons <&", cells: 2, logDensity: model },
  ]);
  const [truth, flow] = picturesOf(svg);
  assert.equal(truth?.(1, 0), BRIGHT);
  assert.equal([truth?.(0, 0), truth?.(0, 1)], [DARK, DARK]);
  // On the scale of the data 2 is beyond the end; a cell without a value is grey, not dark.
  assert.equal([flow?.(0, 1), flow?.(0, 0), flow?.(1, 1)], [BRIGHT, [200, 200, 200], DARK]);
  const half = flow?.(1, 0) ?? [];
  assert.not.equal(half, BRIGHT);
  assert.match(svg, /0 to 0\.5</);
  assert.match(svg, /moons &lt;&amp;/);
});

test.run();
