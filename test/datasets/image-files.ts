import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { folder, put } from "./load-file.ts";

/** Rows in the file's order, the first half to train, the second to test. */
export const inOrder = { split: [0.5, 0, 0.5], shuffle: false };

/** An idx file of bytes. */
export function idx(shape: readonly number[], values: readonly number[], code = 8): Uint8Array {
  const sizes = shape.flatMap((size) => [
    size >>> 24,
    (size >>> 16) & 255,
    (size >>> 8) & 255,
    size & 255,
  ]);
  return Uint8Array.from([0, 0, code, shape.length, ...sizes, ...values]);
}
/** Four images of 2 × 3, all values different. */
export const VALUES = Array.from({ length: 24 }, (_, k) => (k * 11) % 256);

/** A folder of PNGs, by their paths in it. */
export function pngFolder(
  name: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): string {
  mkdirSync(join(folder, name), { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, file, ".."), { recursive: true });
    put(join(name, file), content);
  }
  return join(folder, name);
}
/** A PNG of these bytes. */
export const png = (data: readonly number[], channels = 1, width = 2): Uint8Array =>
  encode({ width, height: data.length / channels / width, channels, data: Uint8Array.from(data) });
