import { figurePng, PRINT_ZOOM } from "../../runner/figure-png.ts";
import { writeOut } from "../write-out.ts";

/**
 * Writes a figure as `.svg`, and as `.png` where the optional package for it is installed.
 *
 * @param path without its ending
 * @returns the files
 * @throws UserError where they cannot be written
 */
export async function writeFigure(path: string, svg: string): Promise<readonly string[]> {
  const png = await figurePng(svg, PRINT_ZOOM);
  writeOut(`${path}.svg`, svg);
  if (png === undefined) return [`${path}.svg`];
  writeOut(`${path}.png`, png);
  return [`${path}.svg`, `${path}.png`];
}
