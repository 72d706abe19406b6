import type { Shape, Tensor } from "../engine/index.ts";
import { ModelError } from "../model.ts";

export type ImageShape = readonly [height: number, width: number, channels: number];

/** The shape as one of images; throws ModelError for rows of another kind. */
export function imageShape(family: string, shape: Shape): ImageShape {
  const [height, width, channels] = shape;
  if (shape.length !== 3 || height === undefined || width === undefined || channels === undefined)
    throw new ModelError(
      `${family}: expected images of shape [height, width, channels], got rows of shape [${shape.join(", ")}]; ` +
        "choose an image data set (faces, or a file of idx, PNG or imageShape), or what takes tables: another family, such as spline-coupling, or family.network=auto.",
    );
  return [height, width, channels];
}

/** Throws unless `images` is [N, ...shape]; `who` is "squeeze.encode". */
export function expectImages(who: string, images: Tensor, shape: ImageShape): void {
  if (images.shape.slice(1).join() !== shape.join())
    throw new Error(
      `${who}: expected images of shape [N, ${shape.join(", ")}], got [${images.shape.join(", ")}].`,
    );
}
