import { tf, type Tensor } from "../engine/index.ts";
import { openUniform } from "./open-uniform.ts";
import { real } from "./real.ts";

/** Standard normals from two uniform draws each, √(−2 ln u) cos(2πv) (Box & Muller 1958). */
export const boxMuller = (u: Tensor, v: Tensor): Tensor =>
  tf.mul(tf.sqrt(tf.mul(tf.log(openUniform(u)), -2)), tf.cos(tf.mul(v, real(2 * Math.PI))));
