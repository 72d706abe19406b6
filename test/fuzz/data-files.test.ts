import { gzipSync } from "node:zlib";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { writeNpy } from "../../src/datasets/npy.ts";
import { createRng } from "../../src/math/rng.ts";
import { loadFile, put } from "../datasets/load-file.ts";
import { below, faultOf, mutate, mutateBytes, pick, tries } from "./mutate.ts";

const rng = createRng("fuzzed data files");
const numbers = rng.fork("numbers").normals(120);
const lines = Array.from({ length: 40 }, (_, i) => [...numbers.slice(3 * i, 3 * i + 3)].join(","));
const csv = ["a,b,c", ...lines].join("\n");

/** Names and contents of sound files. */
const SOUND: readonly (readonly [string, Uint8Array | string])[] = [
  ["x.csv", csv],
  ["x.tsv", csv.replaceAll(",", "\t")],
  ["x.csv.gz", gzipSync(csv)],
  ["x.npy", writeNpy(numbers, [40, 3])],
  ["x.npy", writeNpy(Int32Array.from(numbers.map((v) => 10 * v)), [40, 3])],
];
const OPTIONS: readonly Readonly<Record<string, unknown>>[] = [
  {},
  { onBadRow: "drop" },
  { columns: [0, 2] },
  { columns: ["a", "time(b)"] },
  { split: [0.5, 0.25, 0.25] },
];

test("mutated files of rows are loaded as finite numbers or refused in words for people", async () => {
  const count = tries("files of rows");
  for (let i = 0; i < count; i++) {
    const own = rng.fork(`file ${i}`);
    const [name, content] = pick(SOUND, own);
    const changed = typeof content === "string" ? mutate(content, own) : mutateBytes(content, own);
    const options = pick(OPTIONS, own);
    const path = put(`${i}-${name}`, changed);
    const about = `${i}-${name} ${JSON.stringify(options)}`;
    try {
      const { train, validation, test: held, columns } = await loadFile({ ...options, path });
      for (const { values, count: rows } of [train, validation, held]) {
        assert.ok(values.every(Number.isFinite), `${about}: not finite`);
        assert.is(values.length, rows * columns.length, about);
      }
      assert.ok(train.count > 0 && held.count > 0, `${about}: no rows`);
    } catch (error) {
      const fault = error instanceof assert.Assertion ? error.message : faultOf(error);
      assert.is(fault, undefined, `${about}: ${fault ?? ""}`);
    }
  }
});

test("bytes at random are refused, whatever the file is called", async () => {
  const count = tries("files of random bytes");
  for (let i = 0; i < count; i++) {
    const own = rng.fork(`noise ${i}`);
    const bytes = Uint8Array.from(own.integers(below(2000, own), 256));
    for (const ending of ["csv", "npy", "csv.gz"]) {
      const path = put(`noise-${i}.${ending}`, bytes);
      try {
        const { train } = await loadFile({ path });
        // Noise may be a column of digits; then they are numbers.
        assert.ok(train.values.every(Number.isFinite));
      } catch (error) {
        const fault = error instanceof assert.Assertion ? error.message : faultOf(error);
        assert.is(fault, undefined, `noise-${i}.${ending}: ${fault ?? ""}`);
      }
    }
  }
});

test.run();
