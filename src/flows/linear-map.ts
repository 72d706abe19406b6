import { tf, type Tensor } from "../engine/index.ts";
import { expectRows, type Layer } from "./layer.ts";

/** An invertible linear map of rows, z = x W, whose parts are computed from slots: once per call, whatever N is. */
export interface LinearMap {
  /** W [D, D]. */
  matrix(): Tensor;
  /** W⁻¹ [D, D]. */
  inverse(): Tensor;
  /** ln|det W|, a scalar; left out where it is 0. */
  logDet?(): Tensor;
}

/** A linear map of [N, D] as a layer; `who` stands in errors: "lu". */
export function linearLayer(who: string, map: LinearMap, dim: number): Layer {
  const perRow = (logDet: Tensor | undefined, rows: Tensor): Tensor =>
    logDet ? tf.mul(tf.ones([rows.shape[0]]), logDet) : tf.zeros([rows.shape[0]]);
  return {
    ...(map.logDet ? {} : { preservesVolume: true }),
    encode(x) {
      expectRows(`${who}.encode`, x, dim);
      return { z: tf.matMul(x, map.matrix()), logDet: perRow(map.logDet?.(), x) };
    },
    decode(z) {
      expectRows(`${who}.decode`, z, dim);
      const logDet = map.logDet?.();
      return { x: tf.matMul(z, map.inverse()), logDet: perRow(logDet && tf.neg(logDet), z) };
    },
  };
}
