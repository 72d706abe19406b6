import { tf, type Tensor } from "../engine/index.ts";

/**
 * Draws of U[0, 1) moved off the ends, so that logarithms of u and of 1 − u are finite: below 2⁻⁵³ only 0 is moved, and
 * above 1 − 2⁻²⁴ what float32 would round to 1 (one draw in 3·10⁷).
 */
export const openUniform = (u: Tensor): Tensor => tf.clipByValue(u, 2 ** -53, 1 - 2 ** -24);
