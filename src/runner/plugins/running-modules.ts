import { createRequire } from "node:module";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { tf } from "../../engine/tf.ts";

/** What a plugin may import of Flowmeter, and the module of this installation that stands for it. */
const OWN = {
  flowmeter: "index",
  "flowmeter/contract": "contract/index",
  "flowmeter/datasets": "datasets/kit",
  "flowmeter/flows": "flows/index",
  "flowmeter/metrics": "evaluation/metrics/kit",
  "flowmeter/ode": "ode/index",
  "flowmeter/options": "options",
} as const;

/** By URL: the modules themselves lead to this one, and are TypeScript under a loader, JavaScript in dist. */
function own(module: string): Promise<unknown> {
  const extension = extname(fileURLToPath(import.meta.url));
  return import(new URL(`../../${module}${extension}`, import.meta.url).href) as Promise<unknown>;
}

/** The modules of the running installation, by the name under which a plugin imports them. */
export async function runningModules(): Promise<Record<string, unknown>> {
  const entries = Object.entries(OWN).map(async ([name, module]) => [name, await own(module)]);
  // Reading something of `tf` makes the settings that the engine relies on.
  const loaded = tf.version.tfjs !== "";
  const tensorflow: unknown = loaded && createRequire(import.meta.url)("@tensorflow/tfjs");
  return {
    ...(Object.fromEntries(await Promise.all(entries)) as Record<string, unknown>),
    "@tensorflow/tfjs": tensorflow,
    // Everything of the core is exported by the package around it as well.
    "@tensorflow/tfjs-core": tensorflow,
  };
}
