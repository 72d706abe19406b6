import importX from "eslint-plugin-import-x";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import tseslint from "typescript-eslint";

/** A folder of src and what it may import, beside itself (the arrows of CONTRIBUTING.md). */
const MAY_IMPORT = {
  engine: [],
  math: [],
  distributions: ["math", "engine", "model.ts"],
  nn: ["math", "engine", "model.ts", "options.ts"],
  freeform: ["nn", "distributions", "math", "engine", "model.ts", "options.ts"],
  ode: ["nn", "distributions", "math", "engine", "model.ts", "options.ts"],
  datasets: ["math", "distributions", "options.ts"],
  flows: ["nn", "distributions", "math", "engine", "model.ts", "options.ts"],
  training: ["model.ts", "engine", "math", "options.ts", "evaluation"],
  evaluation: ["model.ts", "engine", "math", "options.ts"],
  // A classifier that tells samples apart is a model that is trained like any other.
  "evaluation/metrics": [
    ...["model.ts", "engine", "math", "options.ts"],
    ...["nn", "training", "evaluation"],
  ],
  report: ["math", "record.ts", "run-files.ts"],
  contract: [
    "model.ts",
    "options.ts",
    "engine",
    "math",
    "ode",
    "training",
    "evaluation",
    "datasets",
    "evaluation/metrics",
  ],
};
const EVERYTHING = [
  ...Object.keys(MAY_IMPORT),
  ...[
    "runner",
    "cli",
    "families.ts",
    "registry.ts",
    "model.ts",
    "options.ts",
    "record.ts",
    "run-files.ts",
    "index.ts",
    "plugin.ts",
  ],
];
/** Single files of other folders: the format of the arrays that runs keep. */
const MAY_IMPORT_FILES = { report: ["npy.ts"] };
/** Folders inside of which another one has arrows of its own. */
const TARGETS = { evaluation: "./src/evaluation/*.ts" };
const zones = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  target: TARGETS[folder] ?? `./src/${folder}`,
  from: EVERYTHING.filter((name) => name !== folder && !allowed.includes(name)).map(
    (n) => `./src/${n}`,
  ),
  except: (MAY_IMPORT_FILES[folder] ?? []).map((name) => `./${name}`),
  message: `src/${folder} may import only ${[folder, ...allowed].join(", ")}.`,
}));

export default tseslint.config(
  { ignores: ["dist/**", "results/**", "runs/**"] },
  {
    files: ["src/**/*.ts", "test/**/*.ts", "bench/**/*.ts", "scripts/**/*.ts", "templates/**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    plugins: { "import-x": importX },
    languageOptions: { parserOptions: { projectService: true } },
    settings: { "import-x/resolver-next": [createTypeScriptImportResolver()] },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-default-export": "error",
      "import-x/no-restricted-paths": ["error", { basePath: import.meta.dirname, zones }],
      "max-lines": ["error", { max: 250, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "CallExpression[callee.object.name='assert'][callee.property.name='throws'] > Literal[raw=/^[\"']/].arguments",
          message: "uvu compares a text with nothing: give saying(text), a pattern or a function.",
        },
      ],
      "no-restricted-properties": [
        "error",
        { object: "Math", property: "random", message: "Randomness is an argument: take an Rng." },
      ],
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
);
