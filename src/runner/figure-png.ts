/** Pixels of the picture per pixel of the drawing. */
const ZOOM = 2;

/**
 * An SVG document as a PNG, where the optional package for it is installed. Letters come from the fonts of the machine;
 * without any, the picture has none.
 */
export async function figurePng(svg: string): Promise<Uint8Array | undefined> {
  // Only the package's absence is no error.
  const renderer = await import("@resvg/resvg-js").catch(() => undefined);
  if (renderer === undefined) return undefined;
  return new renderer.Resvg(svg, { fitTo: { mode: "zoom", value: ZOOM } }).render().asPng();
}
