import { tf, type Tensor } from "../engine/index.ts";
import type { Call, Stages } from "../model.ts";
import type { ImageShape } from "../nn/image-shape.ts";
import type { Layer } from "./layer.ts";
import { totalLogDet } from "./total-log-det.ts";

/** Layers of images at one resolution. */
export interface Level {
  readonly layers: readonly Layer[];
  /** Shape of the images after the layers. */
  readonly shape: ImageShape;
}

export interface MultiScale {
  readonly layer: Layer;
  readonly stages: Stages;
}

/**
 * Multi-scale architecture of Real NVP (Dinh, Sohl-Dickstein & Bengio 2017, arXiv:1605.08803): after each level but the
 * last the first half of the channels is final and the rest goes on.
 *
 * All latents are returned, so that decode undoes encode exactly. z [N, D] holds what level 1 (the finest) has
 * split off, then level 2, and so on, last what the last level leaves; each of them row by row of pixels, the
 * channels of a pixel side by side.
 */
export function multiScale(levels: readonly Level[]): MultiScale {
  const last = levels.length - 1;
  const walk = (x: Tensor, call: Call, visit?: Visit): { z: Tensor; logDet: Tensor } => {
    const done: Tensor[] = [];
    const logDets: Tensor[] = [];
    let images = x;
    visit?.([x], logDets);
    levels.forEach(({ layers }, i) => {
      for (const layer of layers) {
        const { z, logDet } = layer.encode(images, call);
        images = z;
        if (!layer.preservesVolume) logDets.push(logDet);
        visit?.([...done, images], logDets);
      }
      if (i === last) return;
      const [final, rest] = tf.split(images, 2, 3) as [Tensor, Tensor];
      done.push(final);
      images = rest;
    });
    return { z: flat([...done, images]), logDet: totalLogDet(logDets, x) };
  };
  const names = levels.flatMap(({ layers }, i) =>
    layers.map((_, step) => `level ${i + 1}, step ${step + 1}`),
  );
  return {
    layer: {
      encode: (x, call) => walk(x, call),
      decode: (z, call) => unwind(levels, z, call),
    },
    stages: {
      names: ["data", ...names],
      encode(x, call) {
        const stages: { z: Tensor; logDet: Tensor }[] = [];
        walk(x, call, (parts, logDets) => {
          stages.push({ z: flat(parts), logDet: totalLogDet(logDets, x) });
        });
        return stages;
      },
    },
  };
}

/** What there is after a layer: the images split off before, then those that go on; and all log-determinants. */
type Visit = (parts: readonly Tensor[], logDets: readonly Tensor[]) => void;

function unwind(levels: readonly Level[], z: Tensor, call: Call): { x: Tensor; logDet: Tensor } {
  const last = levels.length - 1;
  const halved = ({ shape: [height, width, channels] }: Level, i: number): ImageShape => [
    height,
    width,
    i === last ? channels : channels / 2,
  ];
  const sizes = levels.map((level, i) => halved(level, i).reduce((product, d) => product * d, 1));
  const parts = (sizes.length === 1 ? [z] : tf.split(z, sizes, 1)).map((part, i) =>
    tf.reshape(part, [-1, ...halved(levels[i] as Level, i)]),
  );
  const logDets: Tensor[] = [];
  let images: Tensor | undefined;
  for (let i = last; i >= 0; i--) {
    const part = parts[i] as Tensor;
    images = images ? tf.concat([part, images], 3) : part;
    for (const layer of [...(levels[i] as Level).layers].reverse()) {
      const step = layer.decode(images, call);
      images = step.x;
      if (!layer.preservesVolume) logDets.push(step.logDet);
    }
  }
  return { x: images as Tensor, logDet: totalLogDet(logDets, z) };
}

/** Images [N, …] side by side as rows [N, D]. */
function flat(parts: readonly Tensor[]): Tensor {
  const rows = parts.map((part): Tensor => tf.reshape(part, [-1, part.size / part.shape[0]]));
  const [first] = rows;
  return rows.length === 1 && first ? first : tf.concat(rows, 1);
}
