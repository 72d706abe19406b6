import { withRedrawnCounts } from "../distributions/with-redrawn-counts.ts";
import { createStore, tf, type Tensor } from "../engine/index.ts";
import { defineFamily, ModelError, type Cells } from "../model.ts";
import { ACTIVATIONS } from "../nn/activation.ts";
import { checkedHidden } from "../nn/convolutional.ts";
import { imageShape, type ImageShape } from "../nn/image-shape.ts";
import { flag, integer, list, oneOf, positive, type OptionValues } from "../options.ts";
import { actnorm } from "./actnorm.ts";
import { affine } from "./affine.ts";
import { baseDistribution, baseOptions } from "./base-distribution.ts";
import { chain } from "./chain.ts";
import { dequantisation } from "./dequantisation.ts";
import { flowModel } from "./flow-model.ts";
import { glowLevel, imageConditioner, type LevelArguments } from "./glow-level.ts";
import type { Layer } from "./layer.ts";
import { MIXINGS } from "./mixing.ts";
import { multiScale, type Level } from "./multi-scale.ts";
import { pixelwise } from "./pixelwise.ts";
import { squeeze, squeezedShape } from "./squeeze.ts";
import { unitBend } from "./unit-bend.ts";

const options = {
  levels: integer(2, "resolutions; each halves height and width", { min: 1, max: 8 }),
  steps: integer(8, "steps of flow per level", { min: 1, max: 100 }),
  hidden: list(
    integer(64, "channels", { min: 1, max: 4096 }),
    [64, 64],
    "channels of the nested networks' hidden layers",
  ),
  activation: oneOf(ACTIVATIONS, "relu", "nonlinearity of the nested networks"),
  positions: flag(true, "nested networks know where in the image a pixel is"),
  clamp: positive(2, "largest |log-scale| of one coupling, nats"),
  mixing: oneOf(
    MIXINGS,
    "lu",
    "map of the channels between couplings; lu is Glow's 1 × 1 convolution",
  ),
  learnedPrior: flag(
    true,
    "latents that are split off are normal given the rest, not standard normal",
  ),
  dequantisation: oneOf(
    ["uniform", "variational"],
    "uniform",
    "noise that makes counts continuous; variational learns its distribution within each cell",
  ),
  ...baseOptions,
};

/** Glow: multi-scale flow of images with convolutional couplings. */
export const glow = defineFamily({
  name: "glow",
  summary:
    "images: convolutional affine couplings, invertible 1 × 1 convolutions, several resolutions",
  paper: "Kingma & Dhariwal (2018), arXiv:1807.03039",
  options,
  supports: { tabular: false, image: true, conditional: true, minDim: 4 },
  checkOptions({ hidden }) {
    checkedHidden(hidden);
  },
  build({ options: values, shape, contextSize, cells, rng }) {
    const image = imageShape("glow", shape);
    checkLevels(image, values.levels);
    const store = createStore();
    const levels: Level[] = [];
    let current = image;
    for (let i = 0; i < values.levels; i++) {
      const squeezed = squeezedShape(current);
      const args: LevelArguments = {
        store: store.scope(`level${i}`),
        shape: squeezed,
        contextSize,
        options: values,
        transformer: affine({ clamp: values.clamp }),
        last: i === values.levels - 1,
        rng: rng.fork(`level${i}`),
      };
      const [first, ...others] = glowLevel(args);
      const start = i === 0 ? noiseLayer(args, values, cells) : undefined;
      const opening = [squeeze(current), ...(start ? [start] : []), ...(first ? [first] : [])];
      levels.push({ layers: [chain(opening), ...others], shape: squeezed });
      current = [squeezed[0], squeezed[1], squeezed[2] / 2];
    }
    const { layer, stages } = multiScale(levels);
    const dim = image.reduce((product, d) => product * d, 1);
    const model = flowModel({
      store,
      shape: image,
      layers: [layer],
      stages,
      base: baseDistribution(values, dim, store.scope("base"), rng.fork("base")),
      initialise: true,
    });
    return {
      ...withRedrawnCounts(model, cells),
      initialise(x, context) {
        model.initialise?.(firstRows(x), context && firstRows(context));
      },
    };
  },
});

/** Images of a data-dependent start: their many pixels give the statistics, and more of them would fill the memory. */
const INITIAL_IMAGES = 256;

const firstRows = (rows: Tensor): Tensor =>
  tf.slice(rows, 0, Math.min(INITIAL_IMAGES, ...rows.shape.slice(0, 1)));

/** Learned noise within the cells of counts; nothing where the noise stays uniform. */
function noiseLayer(
  args: LevelArguments,
  { dequantisation: kind }: OptionValues<typeof options>,
  cells: Cells | undefined,
): Layer | undefined {
  if (kind === "uniform") return undefined;
  if (!cells)
    throw new ModelError(
      "glow: family.dequantisation=variational needs counts, but these rows are continuous; " +
        "set it to uniform, or dequantise the data (data.dequantise).",
    );
  const channels = args.shape[2];
  const scope = args.store.scope("dequantisation");
  const scale = actnorm(channels, scope.scope("scale"));
  const sizes = { inputs: channels, outputs: 2 * channels };
  const nested = imageConditioner(scope, args, sizes, args.rng.fork("dequantisation"));
  // The network sees the counts brought to mean 0 and deviation 1, whatever their range.
  const layer = dequantisation(
    channels,
    cells,
    (counts, call) => nested(scale.encode(counts, call).z, call),
    unitBend,
  );
  return pixelwise(layer, args.shape);
}

/** Each level halves height and width. */
function checkLevels([height, width]: ImageShape, levels: number): void {
  for (const [name, size] of Object.entries({ height, width })) {
    let halvings = 0;
    while (size % 2 ** (halvings + 1) === 0) halvings++;
    if (halvings >= levels) continue;
    const times = ["no time", "once", "twice"][halvings] ?? `${halvings} times`;
    throw new ModelError(
      halvings === 0
        ? `glow: expected images of even height and width, got a ${name} of ${size}, which cannot be halved; pad the images (data.pad).`
        : `glow: the ${name} ${size} can be halved ${times}, but family.levels is ${levels}; ` +
            `set family.levels to at most ${halvings}, or pad the images (data.pad).`,
    );
  }
}
