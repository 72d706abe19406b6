import { tf } from "../tf.ts";
import type { Value } from "../graph.ts";
import { input, listOf, transpose, type Emitter, type Kernel } from "./kernel.ts";

/** Swaps the last two axes. */
const transposed = (to: Emitter, x: Value): Value => {
  const rank = x.shape.length;
  return transpose(
    to,
    x,
    x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
};

export const linear: Record<string, Kernel> = {
  BatchMatMul: (to, inputs, { transposeA, transposeB }) => {
    const [a, b] = [input(inputs, "a"), input(inputs, "b")];
    if (a.shape.length === 2 && b.shape.length === 2) {
      const [transA, transB] = [transposeA === true ? 1 : 0, transposeB === true ? 1 : 0];
      return to.emit(
        "Gemm",
        [a, b],
        [a.shape[transA] as number, b.shape[1 - transB] as number],
        a.type,
        { transA, transB },
      );
    }
    const left = transposeA === true ? transposed(to, a) : a;
    const right = transposeB === true ? transposed(to, b) : b;
    const batch = tf.backend_util.assertAndGetBroadcastShape(
      left.shape.slice(0, -2),
      right.shape.slice(0, -2),
    );
    return to.emit(
      "MatMul",
      [left, right],
      [...batch, left.shape.at(-2) as number, right.shape.at(-1) as number],
      a.type,
    );
  },
  Einsum: (to, inputs, { equation }) => {
    const operands = listOf(inputs);
    const sizes = new Map<string, number>();
    const [left = "", right = ""] = (equation as string).replaceAll(" ", "").split("->");
    left.split(",").forEach((term, i) => {
      Array.from(term).forEach((letter, axis) =>
        sizes.set(letter, operands[i]?.shape[axis] as number),
      );
    });
    return to.emit(
      "Einsum",
      operands,
      Array.from(right, (letter) => sizes.get(letter) as number),
      "real",
      { equation: `${left}->${right}` },
    );
  },
};
