import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { networkInterfaces, userInfo } from "node:os";
import { join } from "node:path";
import { until } from "./until.ts";

/** Debian puts the daemons where a user's PATH does not look. */
const PLACES = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];

const find = (program: string): string | undefined =>
  PLACES.map((place) => join(place, program)).find((path) => {
    try {
      accessSync(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** Why a cluster cannot be started here; undefined if it can. */
export function whyNoCluster(): string | undefined {
  const programs = ["slurmctld", "slurmd", "sbatch", "squeue", "scancel", "scontrol", "sinfo"];
  const missing = programs.filter((program) => find(program) === undefined);
  if (missing.length > 0) return `no ${missing.join(", ")} (Debian: slurm-wlm)`;
  // Slurm's clients resolve names only where there is an address beside the loopback's.
  if (Object.keys(networkInterfaces()).every((name) => name === "lo"))
    return "no network beside lo (ip addr add 10.9.0.1/32 dev lo makes one)";
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** One machine, no accounting, no authentication, no cgroups: what a container allows. */
async function configuration(folder: string): Promise<string> {
  const { username } = userInfo();
  const [controller, daemon] = [await freePort(), await freePort()];
  const lines = {
    ClusterName: "test",
    ...{ AuthType: "auth/none", CredType: "cred/none", SlurmUser: username, SlurmdUser: username },
    ...{ ProctrackType: "proctrack/linuxproc", TaskPlugin: "task/none", SwitchType: "switch/none" },
    ...{ JobAcctGatherType: "jobacct_gather/none", MpiDefault: "none" },
    AccountingStorageType: "accounting_storage/none",
    ...{ SelectType: "select/cons_tres", SelectTypeParameters: "CR_Core" },
    SchedulerParameters: "sched_interval=1,bf_interval=1",
    // The machine need not have what the configuration says.
    ...{ SlurmdParameters: "config_overrides", ReturnToService: 2 },
    ...{ SlurmctldHost: "localhost(127.0.0.1)", SlurmctldPort: controller, SlurmdPort: daemon },
    ...{ StateSaveLocation: join(folder, "state"), SlurmdSpoolDir: join(folder, "spool") },
    ...{ SlurmctldPidFile: join(folder, "ctl.pid"), SlurmdPidFile: join(folder, "d.pid") },
    ...{ SlurmctldLogFile: join(folder, "ctl.log"), SlurmdLogFile: join(folder, "d.log") },
  };
  return [
    ...Object.entries(lines).map(([name, value]) => `${name}=${value}`),
    "NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN",
    "PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    "",
  ].join("\n");
}

export interface Cluster {
  /** Until it takes jobs. */
  ready(): Promise<void>;
  /** Calls one of Slurm's programs; gives its output back, and throws what it complains about. */
  call(program: string, ...args: readonly string[]): string;
  /** Ends all jobs and the daemons. */
  stop(): Promise<void>;
}

/**
 * Starts a real slurmctld and slurmd on this machine's loopback, as any user, with everything they write in a folder. Programs
 * that this process starts find it from then on through `SLURM_CONF`.
 */
export async function startCluster(folder: string): Promise<Cluster> {
  for (const name of ["state", "spool"]) mkdirSync(join(folder, name), { recursive: true });
  const path = join(folder, "slurm.conf");
  writeFileSync(path, await configuration(folder));
  process.env["SLURM_CONF"] = path;
  // In the foreground, so that they end with this test.
  const daemons = (["slurmctld -i -D", "slurmd -N localhost -D"] as const).map((command) => {
    const [program = "", ...args] = command.split(" ");
    return spawn(find(program) ?? program, args, { stdio: "ignore" });
  });
  const call = (program: string, ...args: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
  const answers = (text: RegExp): boolean =>
    text.test(spawnSync("sinfo", ["-h"], { encoding: "utf8" }).stdout);
  return {
    call,
    ready: () => until(`the node is idle (see ${folder}/*.log)`, () => answers(/ idle /)),
    async stop() {
      if (answers(/./)) {
        call("scancel", "--quiet", `--user=${userInfo().username}`);
        await until("all jobs have ended", () => call("squeue", "-h") === "");
      }
      for (const daemon of daemons.toReversed()) {
        if (daemon.exitCode !== null || !daemon.kill("SIGTERM")) continue;
        await once(daemon, "close");
      }
      delete process.env["SLURM_CONF"];
    },
  };
}
