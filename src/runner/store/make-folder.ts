import { existsSync, mkdirSync, rmdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

export const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/**
 * Makes a folder and its parents, one after the other: a recursive mkdir never returns below some special folders,
 * such as /proc.
 *
 * @returns the folders that were made, the outermost first
 * @throws the system's error; what was made until then is removed again
 */
export function makeFolder(folder: string): readonly string[] {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path); path = dirname(path)) missing.unshift(path);
  const made: string[] = [];
  try {
    // Fails where the nearest parent is no folder, and is harmless where it is one.
    if (missing.length === 0 && !isFolder(folder)) mkdirSync(folder);
    for (const path of missing) {
      try {
        mkdirSync(path);
        made.push(path);
      } catch (error) {
        // Another process made it at this moment.
        if (!isFolder(path)) throw error;
      }
    }
  } catch (error) {
    removeFolders(made);
    throw error;
  }
  return made;
}

/** Removes folders, the outermost first in the list, but not those in which something stands by now. */
export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders.toReversed()) {
    try {
      rmdirSync(folder);
    } catch {
      return;
    }
  }
}
