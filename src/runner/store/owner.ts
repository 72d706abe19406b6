import { readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { jobIn, type OwningJob } from "./owning-job.ts";

/** Who works in a folder, so that others can tell whether it still does. */
export interface Owner {
  readonly host: string;
  /** Differs after each start of the machine; null where the system does not say. */
  readonly bootId: string | null;
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

const bootId = (): string | null => read("/proc/sys/kernel/random/boot_id")?.trim() ?? null;

/** Field 22 of /proc/PID/stat; the second field may hold spaces and brackets, so counting starts behind it. */
function startTime(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

/** A process of this machine, as it would claim a folder. */
export const ownerOf = (pid: number): Owner => ({
  host: hostname(),
  bootId: bootId(),
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

/**
 * Whether the owner is surely gone: the same machine, and it was restarted or the process has ended. False where that
 * cannot be known, as for another machine: age of files proves nothing, since a training step may block for long.
 */
export function isGone(owner: Owner): boolean {
  if (owner.host !== hostname()) return false;
  if (owner.bootId !== null && owner.bootId !== bootId()) return true;
  if (!isRunning(owner.pid)) return true;
  const now = startTime(owner.pid);
  return owner.startTime !== null && now !== null && owner.startTime !== now;
}

/**
 * Whether the owner is surely at work: this machine, this boot, and a process that started at that moment. False where any
 * of these is unknown, since a signal to another process cannot be taken back.
 */
export const isSurelyAlive = (owner: Owner): boolean =>
  owner.host === hostname() &&
  owner.bootId !== null &&
  owner.bootId === bootId() &&
  owner.startTime !== null &&
  owner.startTime === startTime(owner.pid) &&
  !isGone(owner);

/** Device and inode of a folder, which a move keeps and a copy has not. */
export function placeOf(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev}:${ino}`;
}
