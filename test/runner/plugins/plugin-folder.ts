import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface PluginFolder {
  readonly path: string;
  /** Writes a file, with the folders on its way; returns its path. */
  write(name: string, text: string): string;
  remove(): void;
}

/** An empty folder outside of any project: nothing can be resolved from it but what the loader gives. */
export function pluginFolder(): PluginFolder {
  const path = mkdtempSync(join(tmpdir(), "flowmeter-plugins-"));
  return {
    path,
    write(name, text) {
      const file = join(path, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      return file;
    },
    remove: () => {
      rmSync(path, { recursive: true });
    },
  };
}

/** A plugin with one family of this name: affine couplings under another name. */
export const familySource = (name: string, more = ""): string => `
import { definePlugin } from "flowmeter";
import { affine, couplingFamily } from "flowmeter/flows";
import { positive } from "flowmeter/options";
${more}
const options = { clamp: positive(2, "largest log-scale") };
export const plugin = definePlugin({
  families: [couplingFamily({
    name: "${name}", summary: "for tests", paper: "none", options,
    transformer: ({ clamp }) => affine({ clamp }),
  })],
});
`;
