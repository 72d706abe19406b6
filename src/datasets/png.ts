import { convertIndexedToRgb, decode, encode } from "fast-png";
import { DataError } from "./data-error.ts";

/** 8-bit image: height · width · channels values, row by row, channels last; 1 channel is grey, 3 are RGB. */
export interface PngImage {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly values: Uint8Array;
}

/** Beyond it a header is damaged, or the image is none for a flow. */
const LARGEST_SIDE = 4096;

/**
 * A PNG of 8 bits per channel, or with a palette; an alpha channel is dropped.
 *
 * @param path stands in error messages only
 * @throws DataError for other formats, damaged files and other depths
 */
export function readPng(bytes: Uint8Array, path: string): PngImage {
  const decoded = decodePng(bytes, path);
  const { width, height, channels, depth, palette, data } = decoded;
  if (palette !== undefined) {
    const values = Uint8Array.from(convertIndexedToRgb(decoded));
    return { width, height, ...colours(values, values.length / (width * height)) };
  }
  if (depth !== 8)
    throw new DataError(
      `${path}: expected 8 bits per channel, got ${depth}; save it as 8-bit grey or RGB.`,
    );
  return { width, height, ...colours(Uint8Array.from(data), channels) };
}

function decodePng(bytes: Uint8Array, path: string): ReturnType<typeof decode> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Before anything is reserved for the pixels: width and height stand at 16 and 20.
  const sides = bytes.byteLength < 24 ? [] : [view.getUint32(16), view.getUint32(20)];
  try {
    if (sides.some((side) => side > LARGEST_SIDE))
      throw new Error(`${sides.join(" × ")} pixels, more than ${LARGEST_SIDE} per side`);
    return decode(bytes, { checkCrc: true });
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new DataError(
      `${path}: expected a PNG image, got other or damaged data (${cause}); save it again, or remove it.`,
    );
  }
}

/** Without alpha, the last of 2 or 4 channels. */
function colours(values: Uint8Array, channels: number): Pick<PngImage, "channels" | "values"> {
  if (channels % 2 === 1) return { channels, values };
  return { channels: channels - 1, values: values.filter((_, k) => k % channels < channels - 1) };
}

/** The bytes of an 8-bit PNG. */
export const writePng = ({ width, height, channels, values }: PngImage): Uint8Array =>
  encode({ width, height, channels, depth: 8, data: values });
