import { tf, type Tensor } from "../engine/index.ts";
import { ModelError, type Call } from "../model.ts";
import type { Layer } from "./layer.ts";
import { totalLogDet } from "./total-log-det.ts";

/** What layer i gives for rows x, after a check that its log-determinants are one number per row. */
function checked<T extends { readonly logDet: Tensor }>(step: T, x: Tensor, who: string): T {
  const got: readonly number[] = step.logDet.shape;
  if (got.length !== 1 || got[0] !== x.shape[0])
    throw new ModelError(
      `${who}: expected logDet of shape [${x.shape[0]}], got [${got.join(", ")}]; sum over the entries of each row.`,
    );
  return step;
}

/** Composition: encode runs the layers from first to last, decode from last to first. */
export function chain(layers: readonly Layer[]): Layer {
  const backwards = [...layers].reverse();
  return {
    ...(layers.every((layer) => layer.preservesVolume) ? { preservesVolume: true } : {}),
    encode(x, call) {
      const logDets: Tensor[] = [];
      let z = x;
      for (const [i, layer] of layers.entries()) {
        const step = checked(layer.encode(z, call), x, `layer ${i + 1}: encode`);
        z = step.z;
        if (!layer.preservesVolume) logDets.push(step.logDet);
      }
      return { z, logDet: totalLogDet(logDets, x) };
    },
    decode(z, call) {
      const logDets: Tensor[] = [];
      let x = z;
      for (const [i, layer] of backwards.entries()) {
        const step = checked(layer.decode(x, call), z, `layer ${layers.length - i}: decode`);
        x = step.x;
        if (!layer.preservesVolume) logDets.push(step.logDet);
      }
      return { x, logDet: totalLogDet(logDets, z) };
    },
  };
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
