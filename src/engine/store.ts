import type { Shape } from "./program.ts";
import type { Tensor, Tensors } from "./tf.ts";

/** variable: trained · state: changed by training, but not by gradients · constant: fixed. All three are saved. */
export type SlotKind = "variable" | "state" | "constant";

/** A named array of a model. Layers keep slots and read the tensor that stands for them while a function is traced. */
export interface Slot {
  readonly name: string;
  readonly kind: SlotKind;
  readonly shape: Shape;
  /** On the host, row-major. float32 engines round it when they take it. */
  values: Float64Array;
  /** The tensor of this slot inside `Store.bind`. */
  read(): Tensor;
  /** Replaces the slot's tensor for the rest of this `Store.bind`, which reports it to its caller. */
  assign(value: Tensor): void;
}

/** The arrays of a model, declared while it is built. */
export interface Store {
  /** The same store with names below `prefix/`. */
  scope(prefix: string): Store;
  /** The same store as one that lists only the slots below these prefixes: those that a part of a model is made of. */
  part(...prefixes: string[]): Store;
  variable(name: string, shape: Shape, values: ArrayLike<number>): Slot;
  state(name: string, shape: Shape, values: ArrayLike<number>): Slot;
  constant(name: string, shape: Shape, values: ArrayLike<number>): Slot;
  /** All slots of the whole store (of a part, its own), in the order of declaration. */
  slots(...kinds: SlotKind[]): readonly Slot[];
  /** Runs f with each slot standing for the tensor of its name; returns also what f assigned. */
  bind<T>(tensors: Tensors, f: () => T): { result: T; assigned: Tensors };
  /** Runs f and gives also the tensors of the slots that it read, by name: what a gradient function must bind again. */
  observe<T>(f: () => T): { result: T; read: Tensors };
}

/** What slots stand for while a function is traced. */
interface Binding {
  readonly bound: Tensors | undefined;
  readonly assigned: Tensors;
  readonly read: Tensors;
}

/** An empty store. */
export function createStore(): Store {
  const slots = new Map<string, Slot>();
  let binding: Binding = { bound: undefined, assigned: {}, read: {} };

  /** Runs f under another binding. */
  const under = <T>(next: Binding, f: () => T): T => {
    const outer = binding;
    binding = next;
    try {
      return f();
    } finally {
      binding = outer;
    }
  };
  const declare = (kind: SlotKind, name: string, shape: Shape, start: ArrayLike<number>): Slot => {
    if (slots.has(name))
      throw new Error(`store: "${name}" is declared twice; give each layer its own scope.`);
    const slot = makeSlot({ kind, name, shape }, start, () => binding);
    slots.set(name, slot);
    return slot;
  };
  /** Names of new slots start with `prefix`; only slots below one of `within` are listed. */
  const at = (prefix: string, within: readonly string[]): Store => ({
    scope: (inner) => at(`${prefix}${inner}/`, within),
    part: (...inner) =>
      at(
        prefix,
        inner.map((name) => `${prefix}${name}/`),
      ),
    variable: (name, shape, values) => declare("variable", prefix + name, shape, values),
    state: (name, shape, values) => declare("state", prefix + name, shape, values),
    constant: (name, shape, values) => declare("constant", prefix + name, shape, values),
    slots: (...kinds) =>
      [...slots.values()].filter(
        ({ name, kind }) =>
          within.some((part) => name.startsWith(part)) &&
          (kinds.length === 0 || kinds.includes(kind)),
      ),
    bind(tensors, f) {
      const next: Binding = { bound: tensors, assigned: {}, read: {} };
      return { result: under(next, f), assigned: next.assigned };
    },
    observe(f) {
      const [outer, next] = [binding, { ...binding, read: {} }];
      const result = under(next, f);
      Object.assign(outer.read, next.read);
      return { result, read: next.read };
    },
  });
  return at("", [""]);
}

function makeSlot(
  { kind, name, shape }: Pick<Slot, "kind" | "name" | "shape">,
  start: ArrayLike<number>,
  current: () => Binding,
): Slot {
  const size = shape.reduce((product, d) => product * d, 1);
  if (start.length !== size)
    throw new Error(
      `store: "${name}" of shape [${shape.join(", ")}] needs ${size} values, got ${start.length}.`,
    );
  return {
    name,
    kind,
    shape,
    values: Float64Array.from(start),
    read() {
      const { bound, assigned, read } = current();
      const tensor = assigned[name] ?? bound?.[name];
      if (tensor === undefined)
        throw new Error(`store: "${name}" is read outside of bind(), or was not bound.`);
      read[name] = tensor;
      return tensor;
    },
    assign(value) {
      if (kind === "constant") throw new Error(`store: the constant "${name}" cannot be assigned.`);
      if (value.shape.join() !== shape.join())
        throw new Error(
          `store: "${name}" has shape [${shape.join(", ")}], was assigned [${value.shape.join(", ")}].`,
        );
      current().assigned[name] = value;
    },
  };
}
