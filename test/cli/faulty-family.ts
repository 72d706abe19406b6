/**
 * Source of a plugin with the family `faulty`: Real NVP, unless `family.fault` says what happens while it is built. The fault
 * `once` happens where `marker` does not exist yet, and makes it.
 */
export const faultySource = (marker: string): string => `
import { existsSync, writeFileSync, writeSync } from "node:fs";
import { definePlugin } from "flowmeter";
import { affine, couplingFamily } from "flowmeter/flows";
import { oneOf } from "flowmeter/options";

function fail() {
  throw new Error("it does not work");
}
const faults = {
  none() {
    if (globalThis.wasHere) fail();
    globalThis.wasHere = true;
  },
  exit: () => process.exit(0),
  abort: () => process.abort(),
  hang: () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  throw: fail,
  once() {
    if (existsSync(${JSON.stringify(marker)})) return;
    writeFileSync(${JSON.stringify(marker)}, "");
    process.abort();
  },
  garbage() {
    for (let i = 0; i < 2000; i++) console.log("garbage", i);
    for (let i = 0; i < 2000; i++) console.error("garbage", i);
    writeSync(3, 'garbage\\n{"kind":"ended"}\\n[1]\\nnull\\n{"kind":"progress"}\\n');
    process.send?.({ garbage: true });
    setInterval(() => undefined, 1000);
  },
};
const options = { fault: oneOf(Object.keys(faults), "none", "what happens") };
const family = couplingFamily({
  name: "faulty", summary: "for tests", paper: "none", options, transformer: () => affine({ clamp: 2 }),
});
export const plugin = definePlugin({
  families: [{
    ...family,
    build(args) {
      faults[args.options.fault]();
      return family.build(args);
    },
  }],
});
`;
