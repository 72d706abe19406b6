import type { Value } from "../graph.ts";
import { ints } from "../kernels/kernel.ts";
import type { Rule } from "./rewrite.ts";

/** At most `most` groups, as even as they come; groups that are still too large are divided in the next round. */
function grouped<T>(items: readonly T[], most: number): T[][] {
  const size = Math.ceil(items.length / Math.min(most, Math.ceil(items.length / most)));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}

/**
 * Splits and joins with more than `most` parts become trees of such with fewer: a WebGPU shader binds a limited number
 * of buffers (12 on software adapters, 8 are guaranteed).
 */
export const limitOperands =
  (most: number): Rule =>
  (node, to) => {
    const axis = node.attributes["axis"] as number;
    const along = ({ shape }: Value): number => shape[axis] as number;
    const together = (parts: readonly Value[]): Value => {
      const [{ shape, type }] = parts as [Value];
      return {
        shape: shape.with(
          axis,
          parts.reduce((sum, part) => sum + along(part), 0),
        ),
        type,
      };
    };
    if (node.op === "Split" && node.outputs.length > most) {
      const parts = node.outputs.map(({ shape, type }): Value => ({ shape, type }));
      const groups = grouped(parts, most);
      const wholes = groups.map(together);
      const split = (x: Value, outputs: readonly Value[]): void => {
        to.emitMany("Split", [x, ints(outputs.map(along))], outputs, node.attributes);
      };
      split(node.inputs[0] as Value, wholes);
      groups.forEach((group, i) => {
        split(wholes[i] as Value, group);
      });
      return parts;
    }
    if (node.op === "Concat" && node.inputs.length > most) {
      const join = (parts: readonly Value[]): Value => {
        const whole = together(parts);
        return to.emit("Concat", parts, whole.shape, whole.type, node.attributes);
      };
      return [join(grouped(node.inputs as readonly Value[], most).map(join))];
    }
    return undefined;
  };
