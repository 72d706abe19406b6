import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  decodeCheckpoint,
  encodeCheckpoint,
  type CheckpointStore,
} from "../training/checkpoint.ts";
import { writeAtomic } from "./store/atomic-write.ts";
import { messageOf } from "./user-error.ts";

const KEPT = 2;
const NAME = /^step-\d+\.safetensors$/;

const namesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => NAME.test(name))
        .sort()
    : [];

export const hasCheckpoint = (folder: string): boolean => namesIn(folder).length > 0;

/** The step of the newest checkpoint, readable or not. */
export const checkpointStep = (folder: string): number | undefined => {
  const newest = namesIn(folder).at(-1);
  return newest === undefined ? undefined : Number(/\d+/.exec(newest)?.[0]);
};

/**
 * Checkpoints as files of a folder; the last two are kept, so that one that cannot be read is no loss.
 *
 * @param say told about a checkpoint that was loaded or passed over
 */
export function checkpointsIn(folder: string, say: (line: string) => void): CheckpointStore {
  return {
    load() {
      for (const name of namesIn(folder).toReversed()) {
        const path = join(folder, name);
        try {
          const checkpoint = decodeCheckpoint(readFileSync(path), path);
          say(`continuing from step ${checkpoint.progress.step} (${path})`);
          return Promise.resolve(checkpoint);
        } catch (error) {
          say(`passed over a checkpoint that cannot be read: ${messageOf(error)}`);
        }
      }
      return Promise.resolve(undefined);
    },
    save(checkpoint) {
      mkdirSync(folder, { recursive: true });
      const name = `step-${String(checkpoint.progress.step).padStart(12, "0")}.safetensors`;
      writeAtomic(join(folder, name), encodeCheckpoint(checkpoint));
      for (const old of namesIn(folder).slice(0, -KEPT)) rmSync(join(folder, old));
      return Promise.resolve();
    },
  };
}
