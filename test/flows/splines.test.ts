import { test } from "uvu";
import * as assert from "uvu/assert";

import { tf, type Tensor } from "../../src/engine/index.ts";
import { linearSpline } from "../../src/flows/linear-spline.ts";
import { quadraticSpline } from "../../src/flows/quadratic-spline.ts";
import { rationalQuadratic } from "../../src/flows/rational-quadratic.ts";
import type { SplineShape } from "../../src/flows/spline-shape.ts";
import { parametersPerEntry, type Transformer } from "../../src/flows/transformer.ts";
import { createRng } from "../../src/math/rng.ts";
import { largest } from "./helpers.ts";
import { at, both, compiled, draw, each, evaluate, type Outputs } from "./transformer-helpers.ts";

const splines: Record<string, (shape?: Partial<SplineShape>) => Transformer> = {
  "rational-quadratic": rationalQuadratic,
  quadratic: quadraticSpline,
  linear: linearSpline,
};
/** Those whose slope is continuous, at ±bound as well. */
const smooth = ["rational-quadratic", "quadratic"];
const BOUND = 5;

for (const [name, make] of Object.entries(splines)) {
  test(`${name}: raw zeros give the identity, bit for bit, in both directions`, async () => {
    for (const shape of [{}, { bins: 5, bound: 3.3, minWidth: 0.01, minHeight: 0.01 }])
      for (const precision of ["float64", "float32"] as const) {
        const transformer = make(shape);
        const { x, raw } = draw(transformer, 100, 0);
        x.splice(0, 4, Math.fround(1e-30), Math.fround(-1e-7), 3, 1e6);
        const out = await evaluate(transformer, x, raw, both(transformer), { precision });
        for (const part of ["y", "back", "inverse"])
          assert.is(each(x, (v, i) => at(out[part], i) - v), 0, `${part}, ${precision}`); // prettier-ignore
        for (const part of ["logSlope", "inverseSlope"]) assert.is(largest(out[part] ?? [1]), 0);
      }
  });

  test(`${name}: decode undoes encode with extreme parameters`, async () => {
    const transformer = make();
    for (const [precision, epsilon] of [
      ["float64", 2 ** -52],
      ["float32", 2 ** -23],
    ] as const) {
      const program = await compiled(transformer, 500, both(transformer), { precision });
      for (const deviation of [1, 3, 10]) {
        const { x, raw } = draw(transformer, 500, deviation);
        const out = await program.run(x, raw);
        // y is known to a rounding of numbers up to the bound, and the inverse magnifies that by 1/slope.
        const condition = (v: number, i: number): number =>
          Math.max(BOUND, Math.abs(v)) * Math.max(1, Math.exp(-at(out["logSlope"], i)));
        const error = each(x, (v, i) => (at(out["back"], i) - v) / condition(v, i));
        assert.ok(error <= 10 * epsilon, `${precision}, sd ${deviation}: ${error / epsilon} ε`);
        if (precision === "float32" || deviation > 3) continue;
        assert.ok(each(x, (v, i) => at(out["back"], i) - v) <= 1e-8);
        assert.ok(largest(out["sum"] ?? [1]) <= 1e-8);
      }
      await program.dispose();
    }
  });

  test(`${name}: the log-slope is that of autodiff, in both directions`, async () => {
    const transformer = make();
    const program = await compiled(transformer, 500, (rows, parameters) => ({
      ...both(transformer)(rows, parameters),
      slope: tf.grad((v: Tensor) => transformer.forward(v, parameters).y)(rows),
      back: tf.grad((v: Tensor) => transformer.inverse(v, parameters).x)(rows),
    }));
    for (const deviation of [0.5, 3, 10]) {
      const { x, raw } = draw(transformer, 500, deviation);
      const out = await program.run(x, raw);
      const error = (slope: string, logSlope: string): number =>
        each(x, (_, i) => Math.log(at(out[slope], i)) - at(out[logSlope], i));
      assert.ok(error("slope", "logSlope") <= 1e-8);
      assert.ok(error("back", "inverseSlope") <= 1e-8);
    }
    await program.dispose();
  });

  test(`${name}: gradients towards x and parameters are those of finite differences`, async () => {
    const transformer = make();
    const rows = 20;
    const { x, raw } = draw(transformer, rows, 1);
    const weighted = (value: Tensor, logSlope: Tensor): Tensor =>
      tf.add(tf.mul(tf.sin(value), 1.5), tf.mul(logSlope, tf.add(value, 0.3)));
    const directions = {
      forward: (v: Tensor, p: Tensor): Tensor => {
        const { y, logSlope } = transformer.forward(v, p);
        return weighted(y, logSlope);
      },
      inverse: (v: Tensor, p: Tensor): Tensor => {
        const { x: back, logSlope } = transformer.inverse(v, p);
        return weighted(back, logSlope);
      },
    };
    const [moveX, moveRaw] = [createRng(10).normals(x.length), createRng(9).normals(raw.length)];
    for (const [direction, f] of Object.entries(directions)) {
      const program = await compiled(transformer, rows, (v, p) => {
        const [towardsX, towardsRaw] = tf.grads((a: Tensor, b: Tensor) => f(a, b))([v, p]);
        // One number per row: how the row's loss changes along the two moves.
        return { loss: tf.sum(f(v, p), 1), x: towardsX as Tensor, raw: towardsRaw as Tensor };
      });
      const shifted = (h: number): Promise<Outputs> =>
        program.run(
          x.map((v, i) => v + h * at(moveX, i)),
          raw.map((v, i) => v + h * at(moveRaw, i)),
        );
      const out = await program.run(x, raw);
      const [after, before] = [await shifted(1e-6), await shifted(-1e-6)];
      await program.dispose();
      const along = (part: string, move: ArrayLike<number>, row: number): number => {
        const width = move.length / rows;
        const products = Array.from({ length: width }, (_, j) => row * width + j);
        return products.reduce((sum, i) => sum + at(out[part], i) * at(move, i), 0);
      };
      for (let row = 0; row < rows; row++) {
        const slope = along("x", moveX, row) + along("raw", moveRaw, row);
        const difference = (at(after["loss"], row) - at(before["loss"], row)) / 2e-6;
        // Round-off of the losses, some 1e-15, over the distance.
        const error = Math.abs(slope - difference) / (1 + Math.abs(slope));
        assert.ok(error < 1e-6, `${direction}, row ${row}: ${slope}, ${difference}`);
      }
    }
  });

  test(`${name}: beyond the square it is the identity, and no gradient is lost or infinite`, async () => {
    const transformer = make();
    const x = [-1e6, -5, 5, 1e6, -Infinity, 4.999, 0];
    const raw = createRng(5)
      .normals(x.length * parametersPerEntry(transformer))
      .map((v) => 10 * v);
    const out = await evaluate(transformer, x, raw, (v, p) => {
      const loss = (a: Tensor, b: Tensor): Tensor => {
        const { y, logSlope } = transformer.forward(a, b);
        return tf.add(y, logSlope);
      };
      const lossBack = (a: Tensor, b: Tensor): Tensor => {
        const { x: back, logSlope } = transformer.inverse(a, b);
        return tf.add(back, logSlope);
      };
      const [dx, draw_] = tf.grads(loss)([v, p]);
      const [backX, backRaw] = tf.grads(lossBack)([v, p]);
      return { ...both(transformer)(v, p), dx, draw: draw_, backX, backRaw } as Record<string, Tensor>;
    }, { columns: 1 }); // prettier-ignore
    for (let i = 0; i < 5; i++) {
      for (const part of ["y", "inverse"]) assert.is(at(out[part], i), x[i]);
      for (const part of ["logSlope", "inverseSlope"]) assert.is(Math.abs(at(out[part], i)), 0);
      for (const part of ["dx", "backX"]) assert.is(at(out[part], i), 1);
    }
    for (const part of ["dx", "draw", "backX", "backRaw"])
      assert.ok(out[part]?.every(Number.isFinite), part);
    const perEntry = parametersPerEntry(transformer);
    assert.is(largest(out["draw"]?.slice(0, 5 * perEntry) ?? [1]), 0);
    assert.ok(largest(out["draw"]?.slice(5 * perEntry) ?? []) > 0);
  });

  test(`${name}: beyond the square it is the identity where bins are as small as they may be`, async () => {
    const transformer = make({ minWidth: 1e-5, minHeight: 1e-5, minSlope: 1e-5 });
    const { x: some, raw } = draw(transformer, 1500, 50);
    // Float32, as the last knot may then be below 1 by the rounding of a sum.
    const x = some.map((_, i) => (i % 2 === 0 ? 1 : -1) * (BOUND + (i % 7)));
    const out = await evaluate(transformer, x, raw, both(transformer), { precision: "float32" });
    for (const part of ["y", "inverse"])
      assert.is(
        each(x, (v, i) => at(out[part], i) - v),
        0,
        part,
      );
    for (const part of ["logSlope", "inverseSlope"]) assert.is(largest(out[part] ?? [1]), 0, part);
  });

  test(`${name}: strictly increasing on 10⁴ points, onto the square`, async () => {
    const transformer = make();
    const x = Array.from({ length: 10_000 }, (_, i) => -5.2 + (10.4 * i) / 9999);
    const program = await compiled(
      transformer,
      x.length,
      (v, p) => ({ y: transformer.forward(v, p).y }),
      { columns: 1 },
    );
    for (const deviation of [3, 10]) {
      const one = createRng(deviation).normals(parametersPerEntry(transformer));
      const raw = x.flatMap(() => Array.from(one, (v) => deviation * v));
      const { y = [] } = await program.run(x, raw);
      assert.ok(Array.from(y).every((value, i) => i === 0 || value > at(y, i - 1)));
      assert.ok(x.every((v, i) => Math.abs(v) >= BOUND || Math.abs(at(y, i)) <= BOUND));
    }
    await program.dispose();
  });
}

for (const name of smooth)
  test(`${name}: the slope is continuous at ±bound, where it is 1, and at the knots`, async () => {
    // Three bins; the first knot stands at the first width's share of the square.
    const transformer = (splines[name] as typeof rationalQuadratic)({ bins: 3, minWidth: 0.01 });
    const share = 0.01 + 0.97 / (1 + Math.exp(1.5) + Math.exp(-0.5));
    const knot = -BOUND + 2 * BOUND * share;
    const h = 1e-9;
    const x = [-BOUND + h, BOUND - h, knot - h, knot + h, knot];
    const one = [0, 1.5, -0.5, ...(name === "quadratic" ? [] : [0.7, -0.7, 0]), 2, -1];
    const raw = x.flatMap(() => one);
    const out = await evaluate(transformer, x, raw, both(transformer), { columns: 1 });
    const logSlope = out["logSlope"];
    // Over a distance of 1e-9 the log-slope changes by 1e-9 times its derivative, some tens at most.
    for (const i of [0, 1]) assert.ok(Math.abs(at(logSlope, i)) < 1e-7);
    assert.ok(Math.abs(at(logSlope, 2) - at(logSlope, 3)) < 1e-7);
    const between = (at(out["y"], 3) - at(out["y"], 2)) / (2 * h);
    assert.ok(Math.abs(at(logSlope, 4) - Math.log(between)) < 1e-5);
    assert.ok(Math.abs(at(logSlope, 4)) > 0.1, "the knot's slope is not 1");
  });

test("derivatives of derivatives are right, through the inverse too", async () => {
  for (const make of Object.values(splines)) {
    const transformer = make();
    const { x, raw } = draw(transformer, 10, 1);
    const loss = (value: Tensor, logSlope: Tensor): Tensor => tf.add(tf.sin(value), logSlope);
    const slopes = (v: Tensor, p: Tensor) => ({
      forward: tf.grad((a: Tensor) => {
        const { y, logSlope } = transformer.forward(a, p);
        return loss(y, logSlope);
      })(v),
      inverse: tf.grad((a: Tensor) => {
        const { x: back, logSlope } = transformer.inverse(a, p);
        return loss(back, logSlope);
      })(v),
    });
    const program = await compiled(transformer, 10, (v, p) => ({
      ...slopes(v, p),
      forward2: tf.grad((b: Tensor) => slopes(b, p).forward)(v),
      inverse2: tf.grad((b: Tensor) => slopes(b, p).inverse)(v),
    }));
    const shifted = (h: number): Promise<Outputs> => program.run(x.map((v) => v + h), raw); // prettier-ignore
    const [second, after, before] = [await shifted(0), await shifted(1e-6), await shifted(-1e-6)];
    await program.dispose();
    for (const part of ["forward", "inverse"])
      x.forEach((_, i) => {
        const difference = (at(after[part], i) - at(before[part], i)) / 2e-6;
        const error = Math.abs(at(second[`${part}2`], i) - difference) / (1 + Math.abs(difference));
        // The first derivatives are some 1e-12 exact, 1e-6 apart.
        assert.ok(error < 1e-4, `${part}, entry ${i}: ${at(second[`${part}2`], i)}, ${difference}`);
      });
  }
});

test.run();
