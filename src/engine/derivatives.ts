import { isTaping, offTape } from "./off-tape.ts";
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
 * vjp with v is the product.
 */
export function jvp(f: (x: Tensor) => Tensor, x: Tensor, v: Tensor): Tensor {
  const transposed = (u: Tensor): Tensor => tf.grad(f)(x, u);
  return tf.grad(transposed)(tf.zerosLike(f(x)), v);
}

/**
 * The Jacobian of every row at once: f takes rows [N, D] to rows [N, E], each from its own row alone; the result is
 * [N, E, D]. One reverse pass over the batch repeated E times, with the rows of the identity as cotangents.
 */
export function jacobian(f: (x: Tensor) => Tensor, x: Tensor): Tensor {
  const [rows = 1, inputs = 1] = x.shape;
  const outputs = f(x).shape[1] ?? 1;
  const repeated = tf.tile(x, [outputs, 1]);
  const cotangents = tf.reshape(tf.tile(tf.expandDims(tf.eye(outputs), 1), [1, rows, 1]), [
    outputs * rows,
    outputs,
  ]);
  const products = tf.grad(f)(repeated, cotangents);
  return tf.transpose(tf.reshape(products, [outputs, rows, inputs]), [1, 0, 2]);
}

/**
 * The gradients of f towards each input, for the gradient dy towards its value. It may stand in the gradient function of a
 * `customGrad`, where `tf.grads` would take the outer tape away; where a further derivative is being taken, it is recorded.
 */
export function pullBack(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  dy: Tensor,
): Tensor[] {
  // Fresh handles: where one input is computed from another, the gradient towards each is still the partial one.
  const pull = (): Tensor[] =>
    tf.grads(f)(
      inputs.map((input) => tf.clone(input)),
      dy,
    );
  return isTaping() ? pull() : offTape(pull);
}

/**
 * f of the inputs, and its gradients towards them for the gradient dy towards its value: zero where f does not depend on
 * an input. As `pullBack`, it may stand in the gradient function of a `customGrad`.
 */
export function valueAndPullBack(
  f: (...inputs: Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  dy: Tensor,
): { value: Tensor; gradients: Tensor[] } {
  const pull = (): { value: Tensor; gradients: Tensor[] } =>
    tf.tidy(() => {
      const handles = inputs.map((input) => tf.clone(input));
      const { value, grads } = tf.engine().gradients(() => f(...handles), handles, dy, true);
      const reached: readonly (Tensor | undefined)[] = grads;
      return { value, gradients: handles.map((input, i) => reached[i] ?? tf.zerosLike(input)) };
    });
  return isTaping() ? pull() : offTape(pull);
}
