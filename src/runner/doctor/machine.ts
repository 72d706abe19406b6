import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  statfsSync,
} from "node:fs";
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { commit, packageFolder } from "../make-record.ts";
import { packageVersion } from "../package-versions.ts";
import { messageOf } from "../user-error.ts";
import { VERSION } from "../version.ts";
import type { Finding } from "./finding.ts";
import { runChild } from "./run-child.ts";

const GIB = 2 ** 30;
const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

interface Manifest {
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

export const manifest = (): Manifest =>
  JSON.parse(readFileSync(join(packageFolder(), "package.json"), "utf8")) as Manifest;

/** Whether a version is at least that of ">=20.19". */
export function satisfies(version: string, range: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).map(Number);
  const [is, least] = [numbers(version), numbers(range)];
  const at = least.findIndex((n, i) => (is[i] ?? 0) !== n);
  return at < 0 || (is[at] ?? 0) > (least[at] ?? 0);
}

export function versions(): readonly Finding[] {
  const { engines, dependencies } = manifest();
  const fits = satisfies(process.version, engines.node);
  const source = commit();
  const missing = Object.keys(dependencies).filter((name) => packageVersion(name) === undefined);
  return [
    {
      ...{ name: "flowmeter", status: "ok", version: VERSION, commit: source },
      detail: `${VERSION}${source === null ? "" : ` (${source})`}`,
    },
    {
      ...{
        name: "node",
        status: fits ? "ok" : "broken",
        detail: `${process.version} on ${platform()} ${release()} ${arch()}`,
      },
      ...(!fits && { cure: `install Node ${engines.node}` }),
    },
    {
      ...{ name: "packages", status: missing.length === 0 ? "ok" : "broken" },
      detail:
        missing.length === 0
          ? `all ${Object.keys(dependencies).length} that are needed are installed`
          : `missing: ${missing.join(", ")}`,
      ...(missing.length > 0 && { cure: `npm install ${missing.join(" ")}` }),
    },
  ];
}

export function devices(): readonly Finding[] {
  // A container may have less than the machine.
  const limit = process.constrainedMemory();
  const memory = limit > 0 && limit < totalmem() ? limit : totalmem();
  const cores = availableParallelism();
  return [
    {
      ...{ name: "processor", status: "ok", cores },
      detail: `${cpus()[0]?.model.trim() ?? "unknown"}, ${cores} ${cores === 1 ? "core" : "cores"}`,
    },
    {
      ...{ name: "memory", status: "ok", bytes: memory },
      detail: `${gib(memory)}, ${gib(Math.min(freemem(), memory))} free`,
    },
  ];
}

/** Where a program stands on the search path. */
export const findProgram = (name: string, path = process.env["PATH"] ?? ""): string | undefined =>
  path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

/** NVIDIA's GPUs by its own tool; whether WebGPU finds another one, its engine says. */
export async function gpus(): Promise<Finding> {
  const tool = findProgram("nvidia-smi");
  if (tool === undefined)
    return {
      ...{ name: "gpu", status: "missing", detail: "none seen: nvidia-smi is not installed" },
      cure: "for a GPU of NVIDIA install its driver (Debian: nvidia-driver), which brings nvidia-smi; engine=cpu needs none",
    };
  const query = "--query-gpu=name,memory.total,driver_version";
  const { code, stdout, stderr, timedOut } = await runChild(
    tool,
    [query, "--format=csv,noheader"],
    15,
  );
  const lines = stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "");
  if (code === 0 && lines.length > 0)
    return { name: "gpu", status: "ok", detail: lines.join("; "), gpus: lines };
  const why = timedOut ? "gave no answer" : (stderr || stdout).trim().split("\n")[0];
  return {
    ...{ name: "gpu", status: "broken", detail: `nvidia-smi: ${why ?? "found none"}` },
    cure: "install the driver that belongs to the kernel that runs, and start the machine anew; engine=cpu needs none",
  };
}

const SLURM = ["sbatch", "squeue", "scancel", "sacct", "sinfo"] as const;

export async function slurm(): Promise<Finding> {
  const found = SLURM.filter((name) => findProgram(name) !== undefined);
  const missing = SLURM.filter((name) => !found.includes(name));
  if (found.length === 0)
    return {
      ...{ name: "slurm", status: "missing", detail: "none of its commands is installed" },
      cure: "--launcher slurm works where a cluster's sbatch does, as on its login nodes (Debian: slurm-client); -j N needs none",
    };
  const { code, stdout } = await runChild(found[0] ?? "", ["--version"], 5);
  const version = code === 0 ? stdout.trim().split("\n")[0] : undefined;
  return {
    ...{ name: "slurm", status: missing.length === 0 ? "ok" : "broken", found },
    detail: `${version ?? "of an unknown version"}: ${found.join(", ")}${missing.length > 0 ? `; without ${missing.join(", ")}` : ""}`,
    ...(missing.length > 0 && { cure: "install all of Slurm's client (Debian: slurm-client)" }),
  };
}

/** Room for results, and whether they may be written: tried, since permissions do not tell of read-only file systems. */
export function disk(folder: string): Finding {
  let nearest = resolve(folder);
  while (!existsSync(nearest)) nearest = dirname(nearest);
  const where = nearest === resolve(folder) ? folder : `${folder} (to be made in ${nearest})`;
  try {
    rmdirSync(mkdtempSync(join(nearest, ".doctor-")));
    const { bavail, bsize } = statfsSync(nearest);
    const free = bavail * bsize;
    const low = free < GIB;
    return {
      ...{ name: "disk", status: low ? "broken" : "ok", free },
      detail: `${where} can be written to, ${gib(free)} free`,
      ...(low && { cure: "make room: flowmeter clean DIR lists what sweeps need no more" }),
    };
  } catch (error) {
    return {
      ...{ name: "disk", status: "broken", detail: `${where}: ${messageOf(error)}` },
      cure: "give --out a folder in which you may write",
    };
  }
}
