import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { unknownName } from "../../registry.ts";
import { rebasePlugins } from "../plugins/resolve-plugin.ts";
import type { Names } from "./choices.ts";
import { readConfigFile, type ConfigFile } from "./config-file.ts";
import type { Problem } from "./problem.ts";
import { isGroup, keyOf, type Setting } from "./setting.ts";

/** The folders in which experiments and entries of groups are looked up, first the user's own. */
export interface Library {
  /**
   * The settings of `<name>.yaml` with those of its `defaults` before them; undefined where there is no such file.
   *
   * @param glob what `glob` in a sweep looks at; nothing unless given
   */
  load(name: string, glob?: Names): ConfigFile | undefined;
  /** Names of the files directly in a folder: "" for experiments, "training" for that group. */
  readonly names: (folder: string) => readonly string[];
  /** What `description:` and `time:` in a file say. */
  about(name: string): Pick<ConfigFile, "description" | "time">;
}

/** The package's own folder of experiments. */
const packagedExperiments = (): string =>
  fileURLToPath(new URL("../../../experiments", import.meta.url));

/** Paths of plugins are relative to the file that names them. */
const rebase =
  (folder: string) =>
  (setting: Setting): Setting =>
    keyOf(setting) === "plugins"
      ? { ...setting, value: rebasePlugins(setting.value, folder) }
      : setting;

const nothing: Names = () => [];

const isYaml = /\.ya?ml$/;

/** @param folders first the user's, then the package's */
export function createLibrary(
  folders: readonly string[] = ["experiments", packagedExperiments()],
): Library {
  const find = (name: string): string | undefined =>
    // Only what lies in these folders has a name.
    (name.split("/").includes("..") ? [] : folders)
      .flatMap((folder) => [join(folder, `${name}.yaml`), join(folder, `${name}.yml`)])
      .find((path) => existsSync(path));

  const load = (name: string, glob: Names, chain: readonly string[]): ConfigFile | undefined => {
    const path = find(name);
    if (path === undefined) return undefined;
    const group = name.includes("/") ? name.slice(0, name.indexOf("/")) : undefined;
    const near = relative(process.cwd(), path);
    const file = readConfigFile(path, near.startsWith("..") ? path : near, glob, group);
    const problems: Problem[] = [...file.problems];
    const settings: Setting[] = [];
    const axes = [];
    for (const base of file.defaults) {
      if (chain.includes(base.name)) {
        const loop = [...chain, base.name].join(" → ");
        problems.push({ origin: base.origin, message: `the defaults go in a circle: ${loop}.` });
        continue;
      }
      const below = load(base.name, glob, [...chain, base.name]);
      if (below === undefined)
        problems.push({ origin: base.origin, message: missing(base.name, names) });
      else {
        settings.push(...below.settings);
        axes.push(...below.axes);
        problems.push(...below.problems);
      }
    }
    const here = rebase(dirname(path));
    return {
      ...{ description: file.description, time: file.time },
      defaults: [],
      settings: [...settings, ...file.settings.map(here)],
      axes: [
        ...axes,
        ...file.axes.map(({ points, zipped, at }) => ({
          points: points.map((point) => point.map(here)),
          ...(zipped && { zipped }),
          ...(at && { at: (u: number) => at(u).map(here) }),
        })),
      ],
      problems,
    };
  };

  const names = (folder: string): readonly string[] => {
    const found = folders.flatMap((root) => {
      const path = join(root, folder);
      return existsSync(path) ? readdirSync(path).filter((file) => isYaml.test(file)) : [];
    });
    return [...new Set(found.map((file) => file.replace(isYaml, "")))].sort();
  };

  const about = (name: string): Pick<ConfigFile, "description" | "time"> => {
    const path = find(name);
    return path === undefined ? { description: "", time: "" } : readConfigFile(path, path, nothing);
  };
  return { load: (name, glob = nothing) => load(name, glob, [name]), names, about };
}

/** Says that there is no such file, and which there are. */
export function missing(name: string, names: Library["names"]): string {
  const slash = name.indexOf("/");
  const folder = slash < 0 ? "" : name.slice(0, slash);
  const [kind, bare, place] = isGroup(folder)
    ? [`${folder} file`, name.slice(slash + 1), `experiments/${folder}`]
    : ["experiment", name, "experiments"];
  const known = names(isGroup(folder) ? folder : "");
  if (known.length === 0)
    return `unknown ${kind} "${bare}". There is none; make ${place}/${basename(bare)}.yaml, or leave it out.`;
  // Who gives the path of a file means its name.
  const inside = bare.replace(/^experiments\//, "").replace(isYaml, "");
  return inside === bare || !known.includes(inside)
    ? unknownName(kind, bare, known)
    : `unknown ${kind} "${bare}". Give its name alone: "${inside}".`;
}
