import type { CommandModule } from "yargs";
import { UserError } from "../../runner/user-error.ts";
import { print } from "../output.ts";
import { SCRIPTS } from "./scripts.ts";

type Shell = keyof typeof SCRIPTS;
const SHELLS = Object.keys(SCRIPTS) as Shell[];

const currentShell = (): Shell | undefined =>
  SHELLS.find((shell) => process.env["SHELL"]?.endsWith(`/${shell}`));

export const completionCommand: CommandModule<unknown, { shell: Shell | undefined }> = {
  command: "completion [shell]",
  describe: "A script that lets bash or zsh complete commands and overrides",
  builder: (args) =>
    args
      .positional("shell", { choices: SHELLS, describe: "without it that of $SHELL" })
      .example("$0 completion bash >> ~/.bashrc", ""),
  handler({ shell = currentShell() }) {
    if (shell === undefined)
      throw new UserError(
        `completion: expected bash or zsh, got the shell ${process.env["SHELL"] ?? "of an unset $SHELL"}; give one: flowmeter completion bash`,
      );
    print(SCRIPTS[shell]);
  },
};
