import * as assert from "uvu/assert";
import {
  compile,
  tf,
  type Arrays,
  type EngineOptions,
  type Program,
  type Tensor,
  type Tensors,
} from "../../src/engine/index.ts";

/** Numbers that look random, the same at every run: sin of a growing argument, scaled into [low, high]. */
export const numbers = (n: number, low = -2, high = 2, seed = 1): Float32Array =>
  Float32Array.from(
    { length: n },
    (_, i) => low + (high - low) * (0.5 + 0.5 * Math.sin((i + seed) * 12.9898)),
  );

export const sizeOf = (shape: readonly number[]): number =>
  shape.reduce((product, d) => product * d, 1);

/** Runs a program once on an engine. */
export async function runOn(
  program: Program,
  inputs: Arrays,
  options: EngineOptions,
): Promise<Arrays> {
  const compiled = await compile(program, options);
  const outputs = await compiled.run(inputs);
  await compiled.dispose();
  return outputs;
}

/** Largest error of each output, relative to 1 + |reference|; NaN and infinities must stand in the same places. */
export function assertClose(
  actual: Arrays,
  reference: Arrays,
  tolerance: number,
  what: string,
): void {
  assert.equal(Object.keys(actual), Object.keys(reference));
  for (const [name, expected] of Object.entries(reference)) {
    const got = actual[name] ?? [];
    assert.is(
      got.length,
      expected.length,
      `${what}: ${name} has ${got.length} entries, expected ${expected.length}`,
    );
    expected.forEach((e: number, i: number) => {
      const g = got[i] as number;
      const same = Object.is(g, e) || Math.abs(g - e) <= tolerance * (1 + Math.abs(e));
      assert.ok(same, `${what}: ${name}[${i}] is ${g}, expected ${e}`);
    });
  }
}

/** A scalar made of every entry with weights of its own, so that no wrong gradient can cancel. */
export const weighted = (y: Tensor): Tensor =>
  tf.sum(tf.mul(y, tf.tensor(numbers(y.size, 0.5, 1.5, 7), y.shape)));

/** f and its gradients with respect to every argument, as outputs. */
export function withGradients(name: string, f: (...x: Tensor[]) => Tensor, x: Tensor[]): Tensors {
  const gradients = tf.grads((...args: Tensor[]) => weighted(f(...args)))(x);
  return {
    [name]: f(...x),
    ...Object.fromEntries(gradients.map((g, i) => [`${name} gradient ${i}`, g])),
  };
}

/** The promise fails with a message that the pattern matches. */
export async function assertRejects(promise: Promise<unknown>, pattern: RegExp): Promise<void> {
  const message = await promise.then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (message === undefined) throw new Error(`nothing failed, expected ${String(pattern)}`);
  assert.match(message, pattern);
}
