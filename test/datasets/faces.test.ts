import { test } from "uvu";
import * as assert from "uvu/assert";
import { facesDataset } from "../../src/datasets/faces.ts";
import { FACTORS, renderFace, type Face } from "../../src/datasets/render-face.ts";
import { createRng } from "../../src/math/rng.ts";
import { defaultsOf } from "../../src/options.ts";

const names = Object.keys(FACTORS);
const middle = Object.fromEntries(
  Object.entries(FACTORS).map(([name, [low, high]]) => [name, (low + high) / 2]),
) as Face;
const load = (changes: object = {}, seed = 0) =>
  facesDataset.load({
    options: { ...defaultsOf(facesDataset.options), size: 40, ...changes },
    rng: createRng(seed),
  });
const distance = (a: Float64Array, b: Float64Array): number =>
  Math.sqrt(a.reduce((sum, value, k) => sum + (value - (b[k] ?? 0)) ** 2, 0));

test("rows are images of counts with a cell each, of the asked size and channels", async () => {
  for (const [changes, shape] of [
    [{}, [16, 16, 1]],
    [{ resolution: 32, colour: true }, [32, 32, 3]],
  ] as const) {
    const { train, levels, attributes, likelihood, columns, ...data } = await load(changes);
    assert.equal(data.shape, shape);
    assert.is(columns.length, train.values.length / train.count);
    assert.ok(train.values.every((value) => value >= 0 && value < 256));
    assert.equal([levels, likelihood, train.count], [256, "bound", 32]);
    assert.equal(
      attributes?.of.map(({ name }) => name),
      names,
    );
  }
  const coarse = await load({ levels: 8 });
  assert.ok(coarse.train.values.every((value) => value < 8));
});

test("a face is what its factors say: rendering them again gives its counts", async () => {
  const { test: rows, attributes } = await load();
  const values = attributes?.test.values ?? new Float64Array(0);
  for (let i = 0; i < rows.count; i++) {
    const own = values.subarray(i * names.length, (i + 1) * names.length);
    const face = Object.fromEntries(names.map((name, j) => [name, own[j]])) as unknown as Face;
    for (const [name, [low, high]] of Object.entries(FACTORS))
      assert.ok(face[name as keyof Face] >= low && face[name as keyof Face] <= high, name);
    const rendered = [...renderFace(face, 16, false)].map((value) => Math.round(255 * value));
    assert.equal([...rows.values.subarray(i * 256, (i + 1) * 256)].map(Math.floor), rendered);
  }
});

test("every factor shows at both resolutions, and changes the image without jumps", () => {
  for (const side of [16, 32])
    for (const [name, [low, high]] of Object.entries(FACTORS)) {
      const at = (t: number) =>
        renderFace({ ...middle, [name]: low + t * (high - low) }, side, true);
      // Per pixel and channel; 0.02 is 5 of 255 levels everywhere, or a few pixels that change much.
      assert.ok(distance(at(0), at(1)) / Math.sqrt(3) / side > 0.02, `${name} at ${side}`);
      const step = distance(at(0.5), at(0.501));
      assert.ok(
        step > 0 && step < 0.02 * distance(at(0), at(1)) + 0.02,
        `${name} at ${side}: ${step}`,
      );
    }
});

test("a smile lifts the corners of the mouth", () => {
  /** Mean height of what is red near the left corner of the mouth. */
  const corner = (smile: number): number => {
    const image = renderFace({ ...middle, smile, skin: 0 }, 32, true);
    const red = Array.from({ length: 32 }, (_, y) => {
      const [r = 0, g = 0] = image.subarray(3 * (32 * y + 12), 3 * (32 * y + 12) + 2);
      return y > 18 ? Math.max(r - g - 0.2, 0) : 0;
    });
    return red.reduce((sum, share, y) => sum + y * share, 0) / red.reduce((sum, x) => sum + x, 0);
  };
  assert.ok(corner(1) < corner(0) && corner(0) < corner(-1), [1, 0, -1].map(corner).join());
});

test("the seed decides the faces; grey and colour show the same ones", async () => {
  const [one, again, other, colour] = await Promise.all([
    load(),
    load(),
    load({}, 1),
    load({ colour: true }),
  ]);
  assert.is(one.digest, again.digest);
  assert.is.not(one.digest, other.digest);
  assert.equal(one.attributes?.train.values, colour.attributes?.train.values);
});

test.run();
