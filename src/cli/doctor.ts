import type { CommandModule } from "yargs";
import type { EngineName } from "../engine/program.ts";
import type { Finding } from "../runner/doctor/finding.ts";
import { EXIT } from "./exit-codes.ts";
import { note, print } from "./output.ts";

const MARKS: Readonly<Record<Finding["status"], string>> = {
  ok: "ok",
  missing: "--",
  broken: "!!",
};

const LONGEST = 240;

/** What an engine needs beside Flowmeter's own packages. */
const ENGINE_CURES: Readonly<Partial<Record<EngineName, string>>> = {
  cpu: "npm install onnxruntime-node --ignore-scripts; engine=wasm has no native part",
  webgpu:
    "install the GPU's driver with Vulkan (Debian: libvulkan1 with mesa-vulkan-drivers, or NVIDIA's nvidia-driver)",
  cuda: "install NVIDIA's driver, and fetch the CUDA 12 libraries: node node_modules/onnxruntime-node/script/install",
  tensorflow: "npm install @tensorflow/tfjs-node@4.22, or @tensorflow/tfjs-node-gpu@4.22",
};

/** What is looked at, each when the one before has been printed; processes are started two at a time. */
async function* findings(out: string): AsyncGenerator<Finding> {
  const machine = await import("../runner/doctor/machine.ts");
  const { askProbe } = await import("../runner/doctor/ask-probe.ts");
  const { ENGINES } = await import("../engine/program.ts");
  const { default: pLimit } = await import("p-limit");
  const limit = pLimit(2);
  const { optionalDependencies } = machine.manifest();
  const probes = [
    ...ENGINES.map((name) =>
      limit(async () =>
        withCure(await askProbe(`engine ${name}`, `engine:${name}`), ENGINE_CURES[name]),
      ),
    ),
    ...Object.keys(optionalDependencies).map((name) =>
      limit(async () =>
        withCure(await askProbe(`package ${name}`, `package:${name}`), `npm install ${name}`),
      ),
    ),
    limit(async () =>
      withCure(
        await askProbe("fonts", "fonts"),
        "install @resvg/resvg-js and fonts, such as Debian's fonts-dejavu-core; SVGs need neither",
      ),
    ),
  ];
  yield* machine.versions();
  yield* machine.devices();
  yield await machine.gpus();
  yield machine.disk(out);
  yield await machine.slurm();
  for (const finding of probes) yield await finding;
}

/** Native libraries tell of the line of their source; --json has all of it. */
const short = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ");
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1)}…`;
};

const withCure = (finding: Finding, cure: string | undefined): Finding =>
  finding.status === "ok" || cure === undefined ? finding : { ...finding, cure };

export const doctorCommand: CommandModule<unknown, { out: string; json: boolean }> = {
  command: "doctor",
  describe: "What works on this machine, and what is missing",
  builder: (args) =>
    args
      .option("out", { type: "string", default: "runs", describe: "where results would go" })
      .option("json", { type: "boolean", default: false, describe: "an object per line" }),
  async handler({ out, json }) {
    let works = false;
    for await (const finding of findings(out)) {
      const { name, status, detail, cure } = finding;
      if (name === "engine auto") works = status === "ok";
      if (json) print(JSON.stringify(finding));
      else {
        print(`${MARKS[status]}  ${name.padEnd(25)}  ${short(detail)}`);
        if (cure !== undefined) print(`${" ".repeat(31)}${cure}`);
      }
    }
    if (works) return;
    note("The default engine does not work here, so nothing can be trained.");
    process.exitCode = EXIT.failed;
  },
};
