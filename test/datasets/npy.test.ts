import { test } from "uvu";
import * as assert from "uvu/assert";

import { readNpy, writeNpy } from "../../src/datasets/npy.ts";

/** A file as numpy.save writes it: version 1, the header padded to a multiple of 64. */
function npy(descr: string, fortran: boolean, shape: string, data: Uint8Array): Uint8Array {
  const order = fortran ? "True" : "False";
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`;
  const padded = `${header.padEnd(128 - 11)}\n`;
  const start = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, padded.length, 0]);
  return Buffer.concat([start, Buffer.from(padded), data]);
}
const bytesOf = (values: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(values.buffer);

test("what is written is read back bit for bit, in every written type", () => {
  const doubles = Float64Array.of(0.1, -0, 1e300, NaN, Infinity, 5e-324);
  const read = readNpy(writeNpy(doubles, [3, 2]), "x");
  assert.equal(read.shape, [3, 2]);
  assert.ok(read.values.every((value, k) => Object.is(value, doubles[k])));
  assert.equal([...readNpy(writeNpy(Float32Array.of(0.5, 2), [2]), "x").values], [0.5, 2]);
  assert.equal([...readNpy(writeNpy(Int32Array.of(-7, 9), [1, 2, 1]), "x").values], [-7, 9]);
});

test("a written file has NumPy's layout: magic, version 1.0, header ending at a multiple of 64", () => {
  const bytes = writeNpy(Float64Array.of(1, 2), [2]);
  const header = Buffer.from(bytes.subarray(10, 128)).toString("latin1");
  assert.is(bytes.length, 128 + 16);
  assert.equal([...bytes.subarray(0, 10)], [0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0]);
  assert.match(header, /^\{'descr': '<f8', 'fortran_order': False, 'shape': \(2,\), \} *\n$/);
});

test("element types of numpy are read as numbers", () => {
  const cases: [string, Uint8Array][] = [
    ["<f4", bytesOf(Float32Array.of(1, 250))],
    ["<i8", bytesOf(BigInt64Array.of(1n, 250n))],
    ["<u8", bytesOf(BigUint64Array.of(1n, 250n))],
    ["<i4", bytesOf(Int32Array.of(1, 250))],
    ["<u2", bytesOf(Uint16Array.of(1, 250))],
    ["|u1", Uint8Array.of(1, 250)],
  ];
  for (const [descr, data] of cases)
    assert.equal([...readNpy(npy(descr, false, "(2,)", data), "x").values], [1, 250], descr);
});

test("Fortran order is turned into row-major order, also in three dimensions", () => {
  const flat = readNpy(npy("<f8", true, "(2, 3)", bytesOf(Float64Array.of(1, 4, 2, 5, 3, 6))), "x");
  assert.equal([...flat.values], [1, 2, 3, 4, 5, 6]);
  // Element (i, j, k) of shape [2, 2, 2] lies at i + 2j + 4k.
  const cube = readNpy(npy("|u1", true, "(2, 2, 2)", Uint8Array.of(0, 4, 2, 6, 1, 5, 3, 7)), "x");
  assert.equal([...cube.values], [0, 1, 2, 3, 4, 5, 6, 7]);
});

test("other files are refused with cause and cure", () => {
  const good = npy("<f8", false, "(2,)", bytesOf(Float64Array.of(1, 2)));
  const bad = (bytes: Uint8Array, message: RegExp): void => {
    assert.throws(() => readNpy(bytes, "a.npy"), message);
  };
  bad(
    good.subarray(0, 140),
    /a\.npy: expected 16 bytes of data for shape \[2\], got 12.*cut short/,
  );
  bad(Buffer.concat([good, Buffer.from("x")]), /got 17.*too long/);
  bad(good.subarray(0, 50), /a header that is cut short/);
  bad(good.subarray(0, 5), /expected a NumPy \.npy file, got 5 bytes/);
  bad(Buffer.from("a,b\n1,2\n3,4\n"), /expected a NumPy \.npy file, got other data/);
  bad(npy("<c16", false, "(1,)", new Uint8Array(16)), /got "<c16".*astype/);
  bad(npy(">f8", false, "(1,)", new Uint8Array(8)), /got ">f8"/);
  assert.throws(() => writeNpy(new Float64Array(3), [2]), /expected 2 values/);
});

test.run();
