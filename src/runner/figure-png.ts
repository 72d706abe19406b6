/** Pixels of the picture per pixel of the drawing. */
const ZOOM = 2;
/** The same in print: a figure of 480 pixels has 300 dots to the inch where it is 12 cm wide. */
export const PRINT_ZOOM = 3;

/**
 * An SVG document as a PNG, where the optional package for it is installed. Letters come from the fonts of the machine;
 * without any, the picture has none.
 */
export async function figurePng(svg: string, zoom = ZOOM): Promise<Uint8Array | undefined> {
  // Only the package's absence is no error.
  const renderer = await import("@resvg/resvg-js").catch(() => undefined);
  if (renderer === undefined) return undefined;
  return new renderer.Resvg(svg, { fitTo: { mode: "zoom", value: zoom } }).render().asPng();
}
