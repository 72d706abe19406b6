import { createHash } from "node:crypto";
import { readFileSync, readlinkSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { memoised } from "../memoised.ts";
import { jobIn, type OwningJob } from "./owning-job.ts";

/** Where a process works. Only where all of it is equal does the number of a process mean the same one. */
export interface Machine {
  readonly host: string;
  /** Differs after each start of the machine; null where the system does not say. */
  readonly bootId: string | null;
  /** Digest of what the machine keeps over its starts; null in containers, whose images lie on many. Claims of 0.1.0 may lack it. */
  readonly machine?: string | null;
  /** Linux's namespace of process numbers, of which each container has its own. Claims of 0.1.0 may lack it. */
  readonly pidSpace?: string | null;
}

/** Who works in a folder, so that others can tell whether it still does. */
export interface Owner extends Machine {
  readonly pid: number;
  /** Ticks from boot to the start of the process, so that a reused pid is not taken for it; null if unknown. */
  readonly startTime: string | null;
  /** The batch system's job that the process belongs to, if any: what happens elsewhere is known only there. */
  readonly job?: OwningJob;
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
};

/** The namespace of a system that is no container: this number is fixed in Linux. */
const OUTERMOST = "pid:[4026531836]";

function pidSpace(): string | null {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return null;
  }
}

/** The id itself should not be told to others (man 5 machine-id). */
function machineId(): string | null {
  const id = read("/etc/machine-id")?.trim() ?? "";
  return /^[\da-f]{32}$/.test(id) && pidSpace() === OUTERMOST
    ? createHash("sha256").update(`flowmeter ${id}`).digest("hex").slice(0, 16)
    : null;
}

/** Where this process works. */
export const thisMachine = memoised((): Required<Machine> => ({
  host: hostname(),
  bootId: read("/proc/sys/kernel/random/boot_id")?.trim() ?? null,
  machine: machineId(),
  pidSpace: pidSpace(),
}));

/** Field 22 of /proc/PID/stat; the second field may hold spaces and brackets, so counting starts behind it. */
function startTime(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

/** A process of this machine, as it would claim a folder. */
export const ownerOf = (pid: number): Owner => ({
  ...thisMachine(),
  pid,
  startTime: startTime(pid),
});

export function thisProcess(): Owner {
  const job = jobIn(process.env);
  return { ...ownerOf(process.pid), ...(job !== undefined && { job }) };
}

/** A process that has ended but was not yet waited for does no more work. */
const isZombie = (pid: number): boolean =>
  / Z /.test(read(`/proc/${pid}/stat`)?.replace(/^.*\)/s, "") ?? "");

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** Whether there is a process of this number on this machine, whichever it is. */
export const isRunning = (pid: number): boolean => answersSignals(pid) && !isZombie(pid);

/** What has become of an owner, with the reason where it cannot be known from here. */
export type Fate =
  | { readonly state: "alive" }
  | { readonly state: "gone" }
  | { readonly state: "unknown"; readonly why: string };

const unknown = (why: string): Fate => ({ state: "unknown", why });

/** Whether there is still the process of this number that began at that moment. */
function fateOfProcess({ pid, bootId, startTime: began }: Owner): Fate {
  if (!isRunning(pid)) return { state: "gone" };
  const now = startTime(pid);
  if (began === null || now === null || bootId === null)
    return unknown("there is a process of this number, and this system does not say since when");
  return { state: began === now ? "alive" : "gone" };
}

/**
 * What can be known about an owner. It is gone only if this is its machine, and was started anew or has no such process any
 * more; alive only if it is surely that process. All else is unknown: the age of files proves nothing, since a training step may
 * block for long, and machines and containers may have one name.
 */
export function fateOf(owner: Owner, here: Machine = thisMachine()): Fate {
  if (owner.host !== here.host) return unknown("it works on another machine");
  if (owner.bootId !== here.bootId) {
    const known = [owner.bootId, here.bootId, owner.machine].every((id) => typeof id === "string");
    return known && owner.machine === here.machine
      ? { state: "gone" }
      : unknown("it began before this machine was started, or on another one of this name");
  }
  const isNested = (owner.pidSpace ?? here.pidSpace) !== here.pidSpace;
  return isNested
    ? unknown("it works in another container, whose process numbers mean nothing here")
    : fateOfProcess(owner);
}

export const isGone = (owner: Owner): boolean => fateOf(owner).state === "gone";

/** Only such a process may be signalled, since a signal to another one cannot be taken back. */
export const isSurelyAlive = (owner: Owner): boolean => fateOf(owner).state === "alive";

/** Device and inode of a folder, which a move keeps and a copy has not. */
export function placeOf(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev}:${ino}`;
}
