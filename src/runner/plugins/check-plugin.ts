import { didYouMean } from "../../registry.ts";
import { isMap } from "../config/setting.ts";
import type { OptionSchema } from "../../options.ts";
import { tableauFault } from "../../ode/tableau-fault.ts";
import type { Tableau } from "../../ode/tableau.ts";
import type { Plugin } from "../../plugin.ts";
import { trainingOptions } from "../../training/options.ts";

/** One field that a thing must have. */
interface Field {
  readonly expected: string;
  accepts(value: unknown): boolean;
}
type Shape = Readonly<Record<string, Field>>;

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

const text: Field = { expected: "a text", accepts: (x) => typeof x === "string" };
const flag: Field = { expected: "true or false", accepts: (x) => typeof x === "boolean" };
const call = (form: string): Field => ({
  expected: `a function ${form}`,
  accepts: (x) => typeof x === "function",
});
const name: Field = {
  expected: 'lower-case words joined by hyphens, such as "my-flow"',
  accepts: (x) => typeof x === "string" && NAME.test(x),
};

const OPTION: Shape = { doc: text, expected: text, accepts: call("(value) => boolean") };
const SUPPORTS: Shape = {
  tabular: flag,
  image: flag,
  conditional: flag,
  minDim: {
    expected: "a whole number of at least 1",
    accepts: (x) => Number.isInteger(x) && Number(x) >= 1,
  },
};
const FAMILY: Shape = {
  name,
  summary: text,
  paper: text,
  build: call("build({ options, shape, contextSize, rng }) => Model"),
};
const DATASET: Shape = {
  name,
  summary: text,
  source: text,
  load: call("load({ options, rng }) => Promise<Dataset>"),
  outline: {
    expected: "a function outline(options) => { shape, columns }, or nothing",
    accepts: (x) => x === undefined || typeof x === "function",
  },
};

const METRIC: Shape = {
  name: {
    expected: 'lower-case words joined by underscores, such as "my_metric"',
    accepts: (x) => typeof x === "string" && /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/.test(x),
  },
  summary: text,
  paper: text,
  needs: {
    expected: '"condition", or nothing',
    accepts: (x) => x === undefined || x === "condition",
  },
  compute: call("compute(args) => Promise<Measured>"),
};

/** A value in a message: functions and objects by their kind. */
function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function fieldProblems(who: string, thing: unknown, shape: Shape): readonly string[] {
  if (!isMap(thing)) return [`${who}: expected an object, got ${shown(thing)}`];
  return Object.entries(shape)
    .filter(([key, field]) => !field.accepts(thing[key]))
    .map(([key, { expected }]) => `${who}: ${key}: expected ${expected}, got ${shown(thing[key])}`);
}

/** Options are built by `flowmeter/options`, so a wrong one was most likely written by hand. */
function optionProblems(who: string, options: unknown): readonly string[] {
  if (!isMap(options))
    return [`${who}: options: expected an object, {} for none, got ${shown(options)}`];
  return Object.entries(options).flatMap(([key, option]) => {
    const place = `${who}: option "${key}"`;
    const wrong = fieldProblems(place, option, OPTION);
    if (wrong.length > 0) return wrong;
    const { default: start, accepts, expected } = option as Option;
    return accepts(start)
      ? []
      : [`${place}: the default ${shown(start)} is not ${expected}, as the option itself asks`];
  });
}
interface Option {
  readonly default: unknown;
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const called = (kind: string, thing: unknown, index: number): string =>
  isMap(thing) && typeof thing["name"] === "string"
    ? `${kind} "${thing["name"]}"`
    : `${kind} number ${index + 1}`;

const definitionProblems =
  (kind: string, shape: Shape, more: (who: string, thing: Record<string, unknown>) => string[]) =>
  (thing: unknown, index: number): readonly string[] => {
    const who = called(kind, thing, index);
    const wrong = fieldProblems(who, thing, shape);
    if (!isMap(thing)) return wrong;
    return [...wrong, ...optionProblems(who, thing["options"]), ...more(who, thing)];
  };

/** A family's own defaults for the keys of training. */
function trainingProblems(who: string, training: unknown): readonly string[] {
  if (!isMap(training)) return [`${who}: training: expected an object, got ${shown(training)}`];
  const known: OptionSchema = trainingOptions;
  return Object.entries(training).flatMap(([key, value]) => {
    const option = known[key];
    const place = `${who}: training: ${key}`;
    if (option === undefined)
      return [`${place}: no such option.${didYouMean(key, Object.keys(known))}`];
    return option.accepts(value)
      ? []
      : [`${place}: expected ${option.expected}, got ${shown(value)}`];
  });
}

const isNumbers = (x: unknown): boolean =>
  Array.isArray(x) && x.every((entry) => typeof entry === "number");
const numbers: Field = { expected: "a list of numbers", accepts: isNumbers };
const order: Field = { expected: "a whole number", accepts: Number.isInteger };
const SOLVER: Shape = {
  name,
  paper: text,
  order,
  nodes: numbers,
  matrix: {
    expected: "a list of lists of numbers",
    accepts: (x) => Array.isArray(x) && x.every(isNumbers),
  },
  weights: numbers,
};

function solverProblems(thing: unknown, index: number): readonly string[] {
  const who = called("solver", thing, index);
  const embedded = isMap(thing) ? thing["embedded"] : undefined;
  const wrong = [
    ...fieldProblems(who, thing, SOLVER),
    ...(embedded === undefined
      ? []
      : fieldProblems(`${who}: embedded`, embedded, { order, weights: numbers })),
  ];
  if (wrong.length > 0) return wrong;
  const fault = tableauFault(thing as Tableau);
  return fault === undefined ? [] : [`${who}: ${fault}`];
}

type Check = (thing: unknown, index: number) => readonly string[];

const LISTS: Readonly<Record<string, Check>> = {
  families: definitionProblems("family", FAMILY, (who, { supports, training = {} }) => [
    ...fieldProblems(`${who}: supports`, supports, SUPPORTS),
    ...trainingProblems(who, training),
  ]),
  datasets: definitionProblems("data set", DATASET, () => []),
  solvers: solverProblems,
  metrics: (thing, index) => fieldProblems(called("metric", thing, index), thing, METRIC),
};

/** Tables of functions by the word that options use. */
const TABLES = ["networks", "mixings", "bases"];

function tableProblems(part: string, table: unknown): readonly string[] {
  if (!isMap(table)) return [`${part}: expected an object of functions, got ${shown(table)}`];
  return Object.entries(table).flatMap(([word, builder]) => [
    ...(NAME.test(word) ? [] : [`${part}: "${word}": expected ${name.expected}`]),
    ...(typeof builder === "function"
      ? []
      : [`${part}: "${word}": expected a function, got ${shown(builder)}`]),
  ]);
}

function partProblems(part: string, value: unknown): readonly string[] {
  if (TABLES.includes(part)) return tableProblems(part, value);
  const check = LISTS[part];
  if (check === undefined) {
    const known = [...Object.keys(LISTS), ...TABLES];
    return [`unknown part "${part}".${didYouMean(part, known)} Known: ${known.join(", ")}`];
  }
  return Array.isArray(value)
    ? value.flatMap(check)
    : [`${part}: expected a list, got ${shown(value)}`];
}

/**
 * What is wrong with the module of a plugin, in words; nothing if it is one.
 *
 * @param module its exports
 */
export function pluginProblems(module: unknown): readonly string[] {
  const plugin: unknown = isMap(module) ? module["plugin"] : undefined;
  if (isMap(module) && "plugin" in module && !isMap(plugin))
    return [
      `its export "plugin" is no plugin but ${shown(plugin)}; write: export const plugin = definePlugin({ … })`,
    ];
  if (!isMap(plugin)) {
    const names = isMap(module) ? Object.keys(module) : [];
    const found = names.length > 0 ? names.join(", ") : "nothing";
    return [
      `it has no export "plugin", only ${found}; write: export const plugin = definePlugin({ … })`,
    ];
  }
  return Object.entries(plugin).flatMap(([part, value]) => partProblems(part, value));
}

/** As a plugin, after `pluginProblems` has found nothing. */
export const pluginOf = (module: unknown): Plugin => (module as { plugin: Plugin }).plugin;
