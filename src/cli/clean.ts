import type { CommandModule } from "yargs";
import { bytesText } from "./bytes-text.ts";
import { note, outliveStdout, print } from "./output.ts";

interface CleanArguments {
  readonly dir: string;
  readonly yes: boolean;
  readonly json: boolean;
}

export const cleanCommand: CommandModule<unknown, CleanArguments> = {
  command: "clean <dir>",
  describe: "List or delete what a sweep or a run needs no more",
  builder: (args) =>
    args
      .positional("dir", { type: "string", demandOption: true, describe: "its folder" })
      .option("yes", {
        alias: "y",
        type: "boolean",
        default: false,
        describe: "delete; without it nothing is",
      })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "an object per file or folder",
      }),
  async handler({ dir, yes, json }) {
    outliveStdout();
    const { findRemovable, remove } = await import("../runner/clean.ts");
    const { locate, reading } = await import("../runner/store/locate.ts");
    const located = locate(dir);
    const { removable, passedOver } = reading(dir, () => findRemovable(located));
    let total = 0;
    for (const found of removable) {
      const { path, kind, bytes } = found;
      const deleted = yes && remove(found);
      if (deleted === yes) total += bytes;
      else note(`${path} is left: its run was taken up again at this moment.`);
      if (json) print(JSON.stringify({ path, kind, bytes, deleted }));
      else if (deleted === yes) print(`${bytesText(bytes).padStart(9)}  ${path}  (${kind})`);
    }
    for (const text of passedOver) note(text);
    if (removable.length === 0) note(`${dir} has nothing to delete.`);
    else if (yes) note(`${bytesText(total)} deleted.`);
    else note(`${bytesText(total)} in all. Nothing was deleted; --yes does it.`);
  },
};
