import { spawnSync } from "node:child_process";
import { INPUTS } from "../../test/fuzz/mutate.ts";
import type { Report } from "./report.ts";

/** The fuzz tests of the suite with many times as many inputs. */
export function fuzz(times: number): Promise<Report> {
  const began = performance.now();
  const uvu = ["--import", "tsx", "node_modules/uvu/bin.js", "test/fuzz", "\\.test\\.ts$"];
  const env = { ...process.env, FLOWMETER_FUZZ: String(times) };
  const { status } = spawnSync(process.execPath, uvu, { stdio: "inherit", env });
  const counts = Object.entries(INPUTS).map(([what, count]) => [what, count * times] as const);
  return Promise.resolve({
    good: status === 0,
    rows: {
      ...Object.fromEntries(counts),
      "stack traces, hangs, wrong successes, half-written records": status === 0 ? 0 : "see above",
      "seconds in all": Math.round((performance.now() - began) / 1000),
    },
  });
}
