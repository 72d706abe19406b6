import { test } from "uvu";
import * as assert from "uvu/assert";

import { createStore, tf, valueAndPullBack, type Tensor } from "../../src/engine/index.ts";

test("observe gives the tensors that were read, and no others", () => {
  const store = createStore();
  const [a, b] = [store.variable("a", [1], [1]), store.constant("b", [1], [2])];
  store.variable("unread", [1], [3]);
  const tensors = { a: tf.tensor1d([1]), b: tf.tensor1d([2]), unread: tf.tensor1d([3]) };
  const { inner, outer } = store.bind(tensors, () => {
    const all = store.observe(() => {
      a.read();
      const one = store.observe(() => b.read());
      // Reads under another binding are none of this one's.
      store.bind(tensors, () => store.scope("x").slots().at(-1)?.read());
      return one.read;
    });
    return { inner: all.result, outer: all.read };
  }).result;
  assert.equal(Object.keys(inner), ["b"]);
  assert.equal(Object.keys(outer).sort(), ["a", "b"]);
  assert.is(outer["a"], tensors.a);
});

test("the slots that are assigned are read as they were assigned", () => {
  const store = createStore();
  const flag = store.state("flag", [1], [0]);
  const [before, after] = [tf.tensor1d([0]), tf.tensor1d([1])];
  const { result, assigned } = store.bind({ flag: before }, () => {
    flag.assign(after);
    return store.observe(() => flag.read()).read;
  });
  assert.is(result["flag"], after);
  assert.is(assigned["flag"], after);
});

test("valueAndPullBack gives zero towards what f does not depend on, inside a gradient too", () => {
  const [x, y] = [tf.tensor1d([2, 3]), tf.tensor1d([1, 1, 1])];
  const square = (...[one]: Tensor[]): Tensor => tf.square(one as Tensor);
  const pull = (point: Tensor) => valueAndPullBack(square, [point, y], tf.tensor1d([1, 10]));
  const { value, gradients } = pull(x);
  assert.equal([...value.dataSync()], [4, 9]);
  assert.equal(
    gradients.map((gradient) => [...gradient.dataSync()]),
    [
      [4, 60],
      [0, 0, 0],
    ],
  );
  // Of 2x + 20x, by x.
  const second = tf.grad((point: Tensor) => tf.sum(pull(point).gradients[0] as Tensor))(x);
  assert.equal([...second.dataSync()], [2, 20]);
});

test.run();
