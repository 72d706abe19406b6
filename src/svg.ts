/** The few shapes that the figures of metrics are made of. Lengths are pixels. */

/** Control characters have no place in XML, however they are written. */
const escape = (content: string): string =>
  content
    .replaceAll(/\p{Cc}/gu, " ")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");

/** A number with two decimals at most. */
export const px = (value: number): string => String(Math.round(value * 100) / 100);

export const rect = (x: number, y: number, width: number, height: number, style: string): string =>
  `<rect x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}" ${style}/>`;

export const text = (x: number, y: number, content: string, anchor = "start"): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escape(content)}</text>`;

/** A text that reads upwards, its middle at this point; `style` are further attributes. */
export const upwards = (x: number, y: number, content: string, style = ""): string =>
  `<text transform="translate(${px(x)} ${px(y)}) rotate(-90)" text-anchor="middle"${style && ` ${style}`}>${escape(content)}</text>`;

/** A path through points. */
export const path = (points: readonly (readonly [number, number])[], style: string): string =>
  `<path d="M${points.map(([x, y]) => `${px(x)} ${px(y)}`).join("L")}" ${style}/>`;

/** Renderers without a system's table of fonts know none by the name sans-serif. */
const FONTS = "Helvetica, Arial, Liberation Sans, DejaVu Sans, sans-serif";

/** A document on white ground. */
export const document = (width: number, height: number, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONTS}" font-size="11">`,
    rect(0, 0, width, height, 'fill="white"'),
    ...parts,
    "</svg>\n",
  ].join("\n");
