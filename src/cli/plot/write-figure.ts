import { dirname } from "node:path";
import { figurePng, PRINT_ZOOM } from "../../runner/figure-png.ts";
import { writeAtomic } from "../../runner/store/atomic-write.ts";
import { makeFolder } from "../../runner/store/make-folder.ts";
import { messageOf, UserError } from "../../runner/user-error.ts";

/**
 * Writes a figure as `.svg`, and as `.png` where the optional package for it is installed.
 *
 * @param path without its ending
 * @returns the files
 * @throws UserError where they cannot be written
 */
export async function writeFigure(path: string, svg: string): Promise<readonly string[]> {
  const png = await figurePng(svg, PRINT_ZOOM);
  try {
    makeFolder(dirname(path));
    writeAtomic(`${path}.svg`, svg);
    if (png === undefined) return [`${path}.svg`];
    writeAtomic(`${path}.png`, png);
    return [`${path}.svg`, `${path}.png`];
  } catch (error) {
    throw new UserError(`cannot write ${path}.svg: ${messageOf(error)}; choose another --out.`, {
      cause: error,
    });
  }
}
