import * as tf from "@tensorflow/tfjs";

// The banner "Hi, looks like you are running TensorFlow.js in Node.js" comes from the first use of the JavaScript
// backend and is only held back in production mode, which switches off nothing else that we use.
tf.env().set("PROD", true);

// Without a choice TensorFlow.js makes one at the first op, later than we ask for the current backend.
void tf.setBackend("cpu");

export { tf };
export type Tensor = tf.Tensor;
export type Tensors = Record<string, tf.Tensor>;
