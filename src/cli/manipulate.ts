import type { CommandModule } from "yargs";
import { UserError } from "../runner/user-error.ts";
import { note } from "./output.ts";

interface ManipulateArguments {
  readonly run: string;
  readonly attribute: string | undefined;
  readonly rows: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly steps: number;
  readonly range: number;
  readonly scale: number | undefined;
  readonly out: string;
}

/** `0,3,5`; whether there are such rows is known later. */
function parseRows(text: string): readonly number[] {
  const parts = text.split(",").map((part) => part.trim());
  const rows = parts.map(Number);
  if (parts.includes("") || rows.some((row) => !Number.isInteger(row) || row < 0))
    throw new UserError(
      `--rows ${text}: expected numbers of test rows from 0, such as 3 or 0,1,2; change it.`,
    );
  return rows;
}

function checkNumbers({ steps, range, scale = 1 }: ManipulateArguments): void {
  if (!Number.isInteger(steps) || steps < 2 || steps > 1000)
    throw new UserError(`--steps ${steps}: expected a whole number from 2 to 1000.`);
  if (!Number.isFinite(range) || range === 0)
    throw new UserError(`--range ${range}: expected a finite number other than 0.`);
  if (!Number.isInteger(scale) || scale < 1 || scale > 100)
    throw new UserError(`--scale ${scale}: expected a whole number from 1 to 100.`);
}

/** What is asked for: a direction or a way between two rows, not both. */
function wish({ attribute, from, to }: ManipulateArguments) {
  if (attribute !== undefined && from === undefined && to === undefined) return { attribute };
  if (attribute === undefined && from !== undefined && to !== undefined) return { from, to };
  throw new UserError(
    "manipulate: expected --attribute NAME, or --from ROW and --to ROW; give one of the two.",
  );
}

export const manipulateCommand: CommandModule<unknown, ManipulateArguments> = {
  command: "manipulate <run>",
  describe: "Draw test images moved along an attribute in latent space, or from one to another",
  builder: (args) =>
    args
      .positional("run", { type: "string", demandOption: true, describe: "the run's folder" })
      .option("attribute", {
        type: "string",
        describe:
          "what changes: smile, or label=3 for a class; a condition of the run goes through its values",
      })
      .option("rows", { type: "string", default: "0,1,2,3", describe: "test rows, one strip each" })
      .alias("rows", "row")
      .option("from", {
        type: "number",
        describe: "test row to start from, instead of --attribute",
      })
      .option("to", { type: "number", describe: "test row to end at" })
      .option("steps", { type: "number", default: 9, describe: "images per strip" })
      .option("range", {
        type: "number",
        default: 1.5,
        describe: "how far to either side, in differences of means",
      })
      .option("scale", { type: "number", describe: "pixels per pixel" })
      .option("out", { type: "string", demandOption: true, describe: "FILE.png" })
      .example("$0 manipulate RUN --attribute smile --out strip.png", ""),
  async handler(args) {
    const { run, out, steps, range, scale } = args;
    const asked = wish(args);
    checkNumbers(args);
    const rows = parseRows(args.rows);
    const [{ load }, { loadRunDataset }, latent, { alongCondition, isCondition }, { writeGrid }] =
      await Promise.all([
        import("../runner/flow.ts"),
        import("../runner/run-dataset.ts"),
        import("../runner/manipulate.ts"),
        import("../runner/along-condition.ts"),
        import("./image-grid.ts"),
      ]);
    const flow = await load(run);
    const { image, levels } = flow;
    if (image === undefined)
      throw new UserError(
        `manipulate: expected a run on images, the rows of ${run} are a table of ${flow.columns.length} columns; choose another run.`,
      );
    const subject = { flow, dataset: await loadRunDataset(run) };
    const { attribute } = asked;
    const { images, columns = steps } =
      attribute === undefined
        ? { images: await latent.betweenRows(subject, { ...asked, steps }) }
        : isCondition(subject, attribute)
          ? await alongCondition(subject, { attribute, rows, steps })
          : { images: await latent.alongAttribute(subject, { attribute, rows, steps, range }) };
    writeGrid(out, images, {
      image,
      columns,
      ...(levels !== undefined && { levels }),
      ...(scale !== undefined && { scale }),
    });
    const strips = images.count / columns;
    note(`${strips} ${strips === 1 ? "strip" : "strips"} of ${columns} images in ${out}`);
  },
};
