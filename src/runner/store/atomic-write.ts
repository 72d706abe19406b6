import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done);
}

/** Makes the entries of a folder durable. Some file systems cannot; then the rename is still atomic. */
export function syncFolder(folder: string): void {
  try {
    const fd = openSync(folder, "r");
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EISDIR" && code !== "EPERM" && code !== "EINVAL") throw error;
  }
}

/** The process that builds a file or folder of this name, or was killed over it; undefined for other names. */
export function builderOf(name: string): number | undefined {
  const [, pid] = /^\..+\.(\d+)\.tmp$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** Whether a file or folder is being built, or was when its process was killed. */
export const isTemporary = (name: string): boolean => builderOf(name) !== undefined;

/**
 * Writes a file so that a reader, or a machine that loses power, sees all of it or nothing: a temporary file in the
 * same folder, fsync, rename, fsync of the folder.
 */
export function writeAtomic(path: string, data: string | Uint8Array): void {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${process.pid}.tmp`);
  const bytes = typeof data === "string" ? Buffer.from(data) : data;
  try {
    const fd = openSync(temporary, "w");
    try {
      writeAll(fd, bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(folder);
}

/** JSON with two spaces and a final newline. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** JSON, written atomically. */
export const writeJson = (path: string, value: unknown): void => {
  writeAtomic(path, jsonText(value));
};
