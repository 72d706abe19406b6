import type { Value } from "./graph.ts";
import { isTaping, offTape } from "./off-tape.ts";
import { addNode, isRecording, recordScope, tensorOf, valueOf } from "./recorder.ts";
import { tf, type Tensor, type Tensors } from "./tf.ts";

/**
 * Repeats body while the condition holds: one ONNX Loop on a compiled engine, a JavaScript loop on an eager one.
 *
 * It has no gradient, and throws where the tape would meet it. Who needs one gives it through `tf.customGrad`, whose
 * forward function may call whileLoop, or detaches the whole by `offTape`.
 *
 * @param condition state → a boolean scalar
 * @param body state → next state, the same names, shapes and types
 */
export function whileLoop<K extends string>(
  condition: (state: Record<K, Tensor>) => Tensor,
  body: (state: Record<K, Tensor>) => Record<K, Tensor>,
  start: Record<K, Tensor>,
): Record<K, Tensor> {
  if (isTaping())
    throw new Error(
      "whileLoop has no gradient, but one is being taken. Give it one with tf.customGrad (implicit differentiation, the adjoint), or detach it with offTape(() => whileLoop(…)).",
    );
  return offTape(() =>
    isRecording() ? recorded(condition, body, start) : eager(condition, body, start),
  );
}

function eager<S extends Tensors>(
  condition: (state: S) => Tensor,
  body: (state: S) => S,
  start: S,
): S {
  let state = start;
  const holds = (): boolean => tf.tidy(() => condition(state).dataSync()[0] === 1);
  while (holds()) {
    const next = tf.tidy(() => {
      const result = body(state);
      checkState(start, result);
      return result;
    });
    // A body may hand on a tensor under another name, and the start belongs to the caller.
    const needed = new Set<Tensor>([...Object.values(next), ...Object.values(start)]);
    for (const tensor of Object.values(state)) if (!needed.has(tensor)) tensor.dispose();
    state = next;
  }
  return state;
}

function recorded<S extends Tensors>(
  condition: (state: S) => Tensor,
  body: (state: S) => S,
  start: S,
): S {
  const names = Object.keys(start);
  const named = (values: readonly Value[]): S =>
    Object.fromEntries(names.map((name, i) => [name, tensorOf(values[i] as Value)])) as S;
  const initial = names.map((name) => valueOf(start[name] as Tensor));
  const like = ({ shape, type }: Value): Value => ({ shape, type });
  const carried = initial.map(like);
  const counter: Value = { shape: [], type: "int64" };
  const going: Value = { shape: [], type: "bool" };
  const inner = recordScope([counter, going, ...carried], () => {
    const next = body(named(carried));
    checkState(start, next);
    return [valueOf(condition(next)), ...names.map((name) => valueOf(next[name] as Tensor))];
  });
  const outputs = initial.map(like);
  addNode({
    op: "Loop",
    inputs: [undefined, valueOf(condition(start)), ...initial],
    outputs,
    attributes: {},
    body: inner,
  });
  return named(outputs);
}

function checkState(start: Tensors, next: Tensors): void {
  for (const [name, before] of Object.entries(start)) {
    const after = next[name];
    const words = (t: Tensor | undefined): string =>
      t === undefined ? "nothing" : `${t.dtype} [${t.shape.join(", ")}]`;
    if (words(after) !== words(before))
      throw new Error(
        `whileLoop: the state "${name}" is ${words(before)}, but the body returns ${words(after)} for it; a loop cannot change shapes.`,
      );
  }
}
