import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";

export interface SmallDisk {
  /** With other options of mount, such as `size=1m,ro`. */
  remount(options: string): void;
  remove(): void;
}

/** A disk in memory of this size, mounted at a new folder; undefined where this user, or this system, cannot. */
export function smallDisk(folder: string, size: string): SmallDisk | undefined {
  mkdirSync(folder);
  const mount = (...args: string[]): boolean =>
    spawnSync("mount", ["-t", "tmpfs", ...args, "tmpfs", folder]).status === 0;
  if (!mount("-o", `size=${size}`)) return undefined;
  return {
    remount(options) {
      if (!mount("-o", `remount,${options}`)) throw new Error(`${folder} cannot be mounted again`);
    },
    remove: () => {
      spawnSync("umount", ["-l", folder]);
    },
  };
}
