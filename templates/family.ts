/**
 * A family of flows. Check it with `flowmeter plugin test FILE`, train it with
 * `flowmeter run plugins=FILE family=my-flow data=two-moons`.
 */
import { definePlugin } from "flowmeter";
import { couplingFamily, tf, type Tensor, type Transformer } from "flowmeter/flows";
import { positive } from "flowmeter/options";

/**
 * What a coupling does to each active number x, given two raw parameters of it from a nested network. Here
 *
 *     y = x · exp(s) + t,    s = clamp · tanh(a / clamp)
 *
 * Put your own strictly increasing map in its place: any formula of TensorFlow.js operations whose inverse and slope you
 * know. Where all parameters are zero it should be the identity, since nested networks start at zero.
 */
function transformer(clamp: number): Transformer {
  // raw [N, 2d] → two blocks [N, d]: one number per entry and block, as `blocks` says.
  const parameters = (raw: Tensor): { s: Tensor; t: Tensor } => {
    const [a, t] = tf.split(raw, 2, 1) as [Tensor, Tensor];
    return { s: tf.mul(tf.tanh(tf.div(a, clamp)), clamp), t };
  };
  return {
    blocks: [1, 1],
    // x [N, d] → y [N, d], and ln dy/dx [N, d].
    forward(x, raw) {
      const { s, t } = parameters(raw);
      return { y: tf.add(tf.mul(x, tf.exp(s)), t), logSlope: s };
    },
    // y [N, d] → x [N, d], and ln dx/dy [N, d].
    inverse(y, raw) {
      const { s, t } = parameters(raw);
      return { x: tf.mul(tf.sub(y, t), tf.exp(tf.neg(s))), logSlope: tf.neg(s) };
    },
  };
}

/** `couplingFamily` adds layers, nested networks, conditions, maps of the coordinates, norms and bases, with their options. */
const myFlow = couplingFamily({
  name: "my-flow",
  summary: "one line for lists and help",
  paper: "Authors (year), arXiv number",
  // Checked before anything starts; `family.clamp=3` on the command line. The text is the documentation.
  options: { clamp: positive(2, "largest |log-scale| of one coupling, nats") },
  transformer: ({ clamp }) => transformer(clamp),
});

export const plugin = definePlugin({ families: [myFlow] });
