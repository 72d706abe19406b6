import { EngineError } from "./engine-error.ts";
import { tf } from "./tf.ts";

/** Packages that bring TensorFlow.js's native backend, the one with CUDA first. Optional: the user installs one. */
const PACKAGES = ["@tensorflow/tfjs-node-gpu", "@tensorflow/tfjs-node"];

/** Registers the backend "tensorflow" from whichever package the user has installed. */
export async function loadTensorFlow(): Promise<void> {
  const failures: string[] = [];
  for (const name of PACKAGES) {
    try {
      await import(name);
      if (tf.engine().registryFactory["tensorflow"] !== undefined) return;
      failures.push(
        `${name} uses another copy of @tensorflow/tfjs-core; install version ${tf.version.tfjs}`,
      );
    } catch (error) {
      failures.push(error instanceof Error ? (error.message.split("\n")[0] ?? name) : name);
    }
  }
  throw new EngineError(
    `engine=tensorflow needs ${PACKAGES.join(" or ")} (version ${tf.version.tfjs}), which is not installed: ${failures.join("; ")}. Install one of them, or use engine=cpu.`,
  );
}
