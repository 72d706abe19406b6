import { tf, type Tensor } from "./tf.ts";

/** f(x) and the function v ↦ vᵀ ∂f/∂x; v has f(x)'s shape, the product has x's. Differentiable again. */
export function vjp(
  f: (x: Tensor) => Tensor,
  x: Tensor,
): { value: Tensor; pull: (v: Tensor) => Tensor } {
  return { value: f(x), pull: (v) => tf.grad(f)(x, v) };
}

/**
 * ∂f/∂x · v; v has x's shape, the product has f(x)'s. By two reverse passes: u ↦ uᵀ ∂f/∂x is linear in u, and its own
 * vjp with v is the product. relu's second derivative being zero does no harm, since nothing but u is differentiated.
 */
export function jvp(f: (x: Tensor) => Tensor, x: Tensor, v: Tensor): Tensor {
  const transposed = (u: Tensor): Tensor => tf.grad(f)(x, u);
  return tf.grad(transposed)(tf.zerosLike(f(x)), v);
}
