import type { Arrays, NumericArray } from "../engine/index.ts";
import type { Progress } from "./progress.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** Everything that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  readonly progress: Progress;
  /** Parameters, moments, running means, states of the model, and the best weights so far. */
  readonly arrays: Arrays;
}

/** Where checkpoints live; the runner writes them to disk, atomically. */
export interface CheckpointStore {
  load(): Promise<Checkpoint | undefined>;
  save(checkpoint: Checkpoint): Promise<void>;
}

/** A checkpoint as the bytes of a safetensors file. */
export const encodeCheckpoint = ({ progress, arrays }: Checkpoint): Uint8Array =>
  encodeSafetensors({
    metadata: { progress: JSON.stringify(progress) },
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, values]) => [name, { shape: [values.length], values }]),
    ),
  });

/** @param who the file, for error messages */
export function decodeCheckpoint(bytes: Uint8Array, who = "checkpoint"): Checkpoint {
  const { arrays, metadata } = decodeSafetensors(bytes, who);
  const text = metadata["progress"];
  if (text === undefined)
    throw new Error(`${who}: not a checkpoint of a training; it has no entry "progress".`);
  return {
    progress: JSON.parse(text) as Progress,
    arrays: Object.fromEntries(
      Object.entries(arrays).map(([name, { values }]): [string, NumericArray] => [name, values]),
    ),
  };
}
