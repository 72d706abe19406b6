import type { Plugin } from "../../plugin.ts";
import { messageOf } from "../user-error.ts";
import { pluginOf, pluginProblems } from "./check-plugin.ts";
import { checkedFamily } from "./checked-family.ts";
import { evaluateFile } from "./evaluate-file.ts";
import { firstFrame } from "./first-frame.ts";
import type { BrokenPlugin, LoadedPlugin } from "./loaded-plugin.ts";
import { resolvePlugin } from "./resolve-plugin.ts";
import { watchTensorFlow } from "./second-tensorflow.ts";

const missing = (folders: readonly string[]): string =>
  `there is no such file or package, seen from ${folders.join(" or ")}; a path starts with ./ and is relative to the file that names it, a package must be installed there`;

/** Why the module could not be evaluated: the thrower's own words and place. */
function reasonOf(error: unknown): string {
  const [text = ""] = messageOf(error).split("\nRequire stack");
  const at = firstFrame(error);
  return `it threw while it was loaded: ${text.trim().replace(/\.?$/, ".")}${at === undefined ? "" : `\n    at ${at}`}`;
}

const checked = (plugin: Plugin): Plugin => ({
  ...plugin,
  ...(plugin.families && { families: plugin.families.map(checkedFamily) }),
});

/**
 * Loads one plugin, TypeScript or JavaScript, without a build step. Never throws: what is wrong is the result.
 *
 * @param folders where relative paths start, and packages are looked up; the first that has it counts
 */
export async function loadPlugin(
  spec: string,
  folders: readonly string[] = [process.cwd()],
): Promise<LoadedPlugin | BrokenPlugin> {
  const broken = (reason: string): BrokenPlugin => ({ spec, reason });
  const path = resolvePlugin(spec, folders);
  if (path === undefined) return broken(`${missing(folders)}.`);
  const secondTensorFlow = watchTensorFlow();
  let evaluated;
  try {
    evaluated = await evaluateFile(path);
  } catch (error) {
    return broken(reasonOf(error));
  }
  const second = secondTensorFlow();
  if (second !== undefined)
    return broken(
      `it brings a copy of TensorFlow.js of its own, ${second}, whose operations the engine cannot record; import "@tensorflow/tfjs" in the plugin itself, and make it a peer dependency of packages that it uses.`,
    );
  const problems = pluginProblems(evaluated.module);
  if (problems.length > 0) return broken(problems.map((text) => `${text}.`).join("\n    "));
  return { spec, path, plugin: checked(pluginOf(evaluated.module)), digest: evaluated.digest };
}
