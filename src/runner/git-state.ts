import { spawnSync } from "node:child_process";

/** Commit of a folder's git checkout, and whether it differs from that commit. */
export interface GitState {
  readonly commit: string;
  readonly dirty: boolean;
}

/** null outside of a checkout, or without git. */
export function gitState(folder = process.cwd()): GitState | null {
  const git = (...args: string[]): string | null => {
    const { status, stdout } = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
    return status === 0 ? stdout.trim() : null;
  };
  const commit = git("rev-parse", "HEAD");
  return commit === null ? null : { commit, dirty: git("status", "--porcelain") !== "" };
}
