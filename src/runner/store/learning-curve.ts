import { join } from "node:path";
import type { CurvePoint } from "../../record.ts";
import { decodeNumber } from "../../record.ts";
import { ATTEMPT_FILES, attemptsIn } from "./attempts.ts";
import { readJsonLines } from "./jsonl.ts";

const isEntry = (x: unknown): x is Record<string, unknown> & { readonly step: number } =>
  typeof x === "object" && x !== null && "step" in x && typeof x.step === "number";

/**
 * What the evaluations during training gave, over all tries at a run. A try that went on from a checkpoint begins at a later
 * step; what an earlier one wrote from there on is superseded.
 *
 * @param folder the run's folder
 */
export function readLearningCurve(folder: string): readonly CurvePoint[] {
  return attemptsIn(folder).reduce<readonly CurvePoint[]>((before, name) => {
    const { records } = readJsonLines(join(folder, name, ATTEMPT_FILES.metrics));
    const points = records.filter(isEntry).map(({ step, trainLoss, validation }) => ({
      step,
      trainLoss: decodeNumber(trainLoss),
      validation: decodeNumber(validation),
    }));
    const [first] = points;
    return first === undefined
      ? before
      : [...before.filter(({ step }) => step < first.step), ...points];
  }, []);
}
