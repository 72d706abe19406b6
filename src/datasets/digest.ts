import { createHash } from "node:crypto";

import type { Rows } from "../math/rows.ts";

const bytesOf = (values: Float64Array | Int32Array): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** SHA-256 over the values of all rows, their shapes, their split and the numbers of the test rows; hexadecimal. */
export function digestRows(sets: Readonly<Record<string, Rows>>, testIds: Int32Array): string {
  const hash = createHash("sha256");
  for (const [name, rows] of Object.entries(sets)) {
    hash.update(`${name} ${rows.count} × [${rows.shape.join(", ")}]\n`);
    hash.update(bytesOf(rows.values));
  }
  hash.update(bytesOf(testIds));
  return hash.digest("hex");
}
