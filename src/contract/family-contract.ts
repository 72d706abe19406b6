import type { Family } from "../model.ts";
import { batchChecks } from "./batch-checks.ts";
import { check, type Check } from "./check.ts";
import { conditionChecks } from "./condition-checks.ts";
import { densityChecks } from "./density-checks.ts";
import { exempted } from "./exempted.ts";
import { gradientChecks } from "./gradient-checks.ts";
import { latentDensityChecks } from "./latent-density-checks.ts";
import { mapChecks } from "./map-checks.ts";
import { expectFamily, nameOf } from "./parts.ts";
import { sampleChecks } from "./sample-checks.ts";
import { setting, type Setting } from "./setting.ts";
import { shapeChecks } from "./shape-checks.ts";
import { partChecks } from "./part-checks.ts";
import { stageChecks } from "./stage-checks.ts";
import { stateChecks } from "./state-checks.ts";
import type { FamilyContractOptions } from "./subject.ts";

/** Columns of the condition that conditional families are tried with. */
const CONTEXT = 2;

const IMAGE_SHAPES = [
  [4, 4, 1],
  [4, 4, 3],
] as const;

/**
 * What every family must satisfy, by what it supports and what its model declares: a part that it lacks is not checked.
 * Building nothing until a check runs, it never throws itself. Run each check as a test; the first ones say whether the
 * model has the right parts and shapes, so read those first.
 */
export function familyContract(
  family: Family,
  options: FamilyContractOptions = {},
): readonly Check[] {
  const parts = check(`${nameOf(family)}: has the parts of a family`, () => {
    expectFamily(family);
  });
  // What lacks them cannot be tried.
  const { tabular, image } = complete(family) ? family.supports : { tabular: false, image: false };
  return exempted(
    [
      parts,
      ...(tabular ? tabularChecks(family, options) : []),
      ...(image ? imageChecks(family, options) : []),
    ],
    options.exempt ?? {},
  );
}

function complete(family: Family): boolean {
  try {
    expectFamily(family);
    return true;
  } catch {
    return false;
  }
}

function tabularChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const { minDim, conditional } = family.supports;
  const odd = Math.max(3, minDim + 1 - (minDim % 2));
  const main = setting(family, odd, options);
  const others = [minDim, Math.max(4, minDim)].filter((dim) => dim !== odd);
  const grids = [1, 2].filter((dim) => dim >= minDim).map((dim) => setting(family, dim, options));
  return [
    ...shapeChecks(main),
    ...[...new Set(others)].flatMap((dim) => {
      const at = setting(family, dim, options);
      return [...shapeChecks(at), ...mapChecks(at)];
    }),
    ...mainChecks(main),
    ...stageChecks(main),
    ...partChecks(main),
    ...grids.flatMap((at) => densityChecks(at)),
    ...(conditional ? grids.slice(-1).flatMap((at) => densityChecks(at, CONTEXT)) : []),
    ...(minDim > 2 ? latentDensityChecks(main) : []),
  ];
}

function imageChecks(family: Family, options: FamilyContractOptions): readonly Check[] {
  const { imageShapes = IMAGE_SHAPES } = options;
  const [main, ...others] = imageShapes.map((shape) => setting(family, shape, options));
  if (!main) return [];
  // Cells of some width and origin, so that neither can be taken for granted.
  const counts = setting(family, main.shape, options, { origin: -2, width: 0.5 });
  return [
    ...shapeChecks(main),
    ...others.flatMap((at) => [...shapeChecks(at), ...mapChecks(at)]),
    ...mainChecks(main),
    ...stageChecks(main),
    ...partChecks(main),
    ...latentDensityChecks(main),
    ...shapeChecks(counts),
    ...mapChecks(counts),
    ...gradientChecks(counts),
    ...latentDensityChecks(counts),
  ];
}

/** What is tried in one setting of each kind of row. */
function mainChecks(at: Setting): readonly Check[] {
  return [
    ...mapChecks(at),
    ...gradientChecks(at),
    ...sampleChecks(at),
    ...stateChecks(at),
    ...batchChecks(at),
    ...(at.family.supports.conditional
      ? [
          ...conditionChecks(at),
          ...mapChecks(at, CONTEXT),
          ...gradientChecks(at, CONTEXT),
          ...sampleChecks(at, CONTEXT),
        ]
      : []),
  ];
}
