import { join } from "node:path";
import { createRng } from "../../src/math/rng.ts";
import { flowmeter } from "../../test/cli/flowmeter.ts";
import { killAgainAndAgain, notDoneOnce } from "../../test/cli/kills.ts";
import { numbersOf, runsIn } from "../../test/cli/sweep-records.ts";
import type { Report } from "./report.ts";

const RUNS = 800;
const TINY = [
  ...["family=real-nvp", "family.layers=2", "family.hidden=[8]", "data=two-moons"],
  ...["data.size=300", "training.steps=100", "evaluation.samples=10"],
];

/** Kills a sweep again and again, and compares what becomes of it with a sweep that was left alone. */
export async function kills(folder: string, count: number, seed: number): Promise<Report> {
  const runs = Math.max(20, Math.round((RUNS * count) / 200));
  const start = ["sweep", ...TINY, "--seeds", String(runs), "-j", "2", "--out"];
  const undisturbed = flowmeter(folder, ...start, "whole");
  if (undisturbed.code !== 0) throw new Error(undisturbed.stderr);
  const began = performance.now();
  const counts = await killAgainAndAgain({
    ...{ folder, sweep: "killed", kills: count, rng: createRng(seed) },
    ...{ start: [...start, "killed"], resume: ["-j", "2"] },
  });
  const { code, stderr } = flowmeter(folder, "resume", "killed", "-j", "2");
  if (code !== 0) throw new Error(stderr);
  const seconds = (performance.now() - began) / 1000;
  const killed = join(folder, "killed");
  const twice = notDoneOnce(killed);
  const differing = runsIn(killed).filter(
    (name) =>
      JSON.stringify(numbersOf(join(killed, name))) !==
      JSON.stringify(numbersOf(join(folder, "whole", name))),
  );
  const table = (of: string) => flowmeter(folder, "table", of, "--format", "json").stdout;
  const equal = table("killed") === table("whole");
  return {
    good:
      [...counts.changed, ...twice, ...differing].length === 0 &&
      equal &&
      runsIn(killed).length === runs,
    rows: {
      "runs of the sweep": runs,
      "kills (SIGKILL)": count,
      "of the supervisor": counts.supervisor,
      "of its workers": counts.workers,
      "of both": counts.both,
      "after the end": counts.late,
      "done runs that a kill changed": counts.changed.length,
      "runs not done exactly once": twice.length,
      "runs whose numbers differ from the undisturbed sweep's": differing.length,
      "tables equal to the last digit": equal ? "yes" : "no",
      "seconds in all": Math.round(seconds),
    },
  };
}
