import { join } from "node:path";
import { NothingToDraw } from "../../report/figure/figure.ts";
import { leftOut } from "../../report/left-out.ts";
import { axisTexts } from "../../report/lines.ts";
import type { FoundRecords } from "../../report/read-records.ts";
import { isUserError, UserError } from "../../runner/user-error.ts";
import { EXIT } from "../exit-codes.ts";
import { note, print } from "../output.ts";
import { wantedRecords } from "../wanted-records.ts";
import type { PlotArguments } from "./index.ts";
import { KINDS, type KindName } from "./kind-names.ts";
import { kinds } from "./kinds.ts";
import { writeFigure } from "./write-figure.ts";

/** Who names a metric of tables means the figure of it. */
const askedKind = ({ kind, metric }: PlotArguments): KindName | undefined =>
  kind ?? (metric === undefined ? undefined : "metric");

/** Where the files of a kind go; several kinds with one --out get their names behind it. */
function pathOf(kind: KindName, args: PlotArguments): string {
  const { dirs, out } = args;
  if (out === undefined) return join(dirs[0] ?? ".", "derived", kind);
  const path = out.replace(/\.(?:svg|png)$/, "");
  return askedKind(args) === undefined ? `${path}-${kind}` : path;
}

/** Throws UserError for an axis that no run has: all would stand at one place. */
function assertAxis({ records }: FoundRecords, option: string, axis: string): void {
  if (axis === "layer" || axisTexts(records, axis).every((text) => text === "–"))
    throw new UserError(
      `${option} ${axis}: no run has this key; give family, dataset, seed or a key of the configuration, such as family.layers.`,
    );
}

/** Why a kind cannot be drawn, if that is no reason not to draw the others. */
const reasonOf = (error: unknown, alone: boolean): string | undefined => {
  if (error instanceof NothingToDraw) return error.message;
  // A data file that has changed is missed by the samples only. What is not comparable is so in all kinds.
  return !alone && isUserError(error) && error.name !== "Incomparable" ? error.message : undefined;
};

/** The figure; nothing, after a message, where these records have none of the kind. */
async function drawnOrTold(
  name: string,
  draw: () => Promise<string>,
  alone: boolean,
): Promise<string | undefined> {
  try {
    return await draw();
  } catch (error) {
    const reason = reasonOf(error, alone);
    if (reason === undefined) throw error;
    note(`${name}: ${reason}`);
    return undefined;
  }
}

/** Draws what was asked for, prints the files and sets the exit code. */
export async function plot(args: PlotArguments): Promise<void> {
  const { dirs, rows, cols, x, metric } = args;
  const kind = askedKind(args);
  const found = wantedRecords(dirs, args.where);
  if (found === undefined) {
    process.exitCode = EXIT.nothing;
    return;
  }
  const { records } = found;
  assertAxis(found, "--rows", rows);
  assertAxis(found, "--cols", cols);
  for (const text of leftOut(records)) note(text);
  const files: string[] = [];
  for (const name of kind === undefined ? KINDS : [kind]) {
    const draw = () => kinds[name](found, { rows, panels: cols, x, metric });
    const svg = await drawnOrTold(name, draw, kind !== undefined);
    // A figure that cannot be written is another matter than one that there is not.
    if (svg !== undefined) files.push(...(await writeFigure(pathOf(name, args), svg)));
  }
  for (const file of files) print(file);
  if (files.length === 0) process.exitCode = EXIT.nothing;
  else if (!files.some((file) => file.endsWith(".png")))
    note("PNG needs the optional package @resvg/resvg-js: npm install @resvg/resvg-js");
}
