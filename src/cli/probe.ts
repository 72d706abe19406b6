import { writeSync } from "node:fs";
import type { CommandModule } from "yargs";

export const probeCommand: CommandModule<unknown, { what: string }> = {
  command: "probe <what>",
  // Without a description it is left out of the help: doctor starts it.
  describe: false,
  builder: (args) => args.positional("what", { type: "string", demandOption: true }),
  async handler({ what }) {
    const { probe } = await import("../runner/doctor/probes.ts");
    // At once, since what was tried may break down when the process ends.
    writeSync(1, `\n${JSON.stringify(await probe(what))}\n`);
  },
};
