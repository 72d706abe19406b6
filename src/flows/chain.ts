import { tf, type Tensor } from "../engine/index.ts";
import type { Call } from "../model.ts";
import type { Layer } from "./layer.ts";

/** Composition: encode runs the layers from first to last, decode from last to first. */
export function chain(layers: readonly Layer[]): Layer {
  const backwards = [...layers].reverse();
  return {
    ...(layers.every((layer) => layer.preservesVolume) ? { preservesVolume: true } : {}),
    encode(x, call) {
      const logDets: Tensor[] = [];
      let z = x;
      for (const layer of layers) {
        const step = layer.encode(z, call);
        z = step.z;
        if (!layer.preservesVolume) logDets.push(step.logDet);
      }
      return { z, logDet: total(logDets, x) };
    },
    decode(z, call) {
      const logDets: Tensor[] = [];
      let x = z;
      for (const layer of backwards) {
        const step = layer.decode(x, call);
        x = step.x;
        if (!layer.preservesVolume) logDets.push(step.logDet);
      }
      return { x, logDet: total(logDets, z) };
    },
  };
}

/** The sum in one operation: in a compiled step the number of nodes is the cost. */
function total(logDets: readonly Tensor[], rows: Tensor): Tensor {
  const [first] = logDets;
  if (first === undefined) return tf.zeros([rows.shape[0]]);
  return logDets.length === 1 ? first : tf.addN([...logDets]);
}

/** Rows and accumulated log-determinant before the first and after each of the layers. */
export function prefixes(
  layers: readonly Layer[],
  x: Tensor,
  call: Call,
): readonly { z: Tensor; logDet: Tensor }[] {
  let last: { z: Tensor; logDet: Tensor } = { z: x, logDet: tf.zeros([x.shape[0]]) };
  const stages = [last];
  for (const layer of layers) {
    const { z, logDet } = layer.encode(last.z, call);
    last = { z, logDet: tf.add(last.logDet, logDet) };
    stages.push(last);
  }
  return stages;
}
