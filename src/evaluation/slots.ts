import type { Arrays, Slot, Spec, Store, Tensors } from "../engine/index.ts";

/** The name under which a program knows a slot; the prefix keeps it apart from the program's own names. */
export const slotKey = ({ name }: Pick<Slot, "name">): string => `slot/${name}`;

type Constants = Record<string, Spec & { readonly values: Float64Array }>;

/** The store's fixed slots, as a program's constants: they stay in the program's precision. */
export const constantSlots = (store: Store): Constants =>
  Object.fromEntries(
    store.slots("constant").map((s) => [slotKey(s), { shape: s.shape, values: s.values }]),
  );

/** Declarations of slots as a program's state. */
export const slotSpecs = (slots: readonly Slot[]): Record<string, Spec> =>
  Object.fromEntries(slots.map((slot) => [slotKey(slot), { shape: slot.shape }]));

/** Values of slots as a program takes them. */
export const slotValues = (slots: readonly Slot[]): Arrays =>
  Object.fromEntries(slots.map((slot) => [slotKey(slot), slot.values]));

/** Runs f with the store's slots standing for the program's tensors; gives f's result and what it assigned. */
export const bindSlots = <T>(
  store: Store,
  tensors: Tensors,
  f: () => T,
): { result: T; assigned: Tensors } => {
  const bound: Tensors = {};
  for (const slot of store.slots()) {
    const tensor = tensors[slotKey(slot)];
    if (tensor) bound[slot.name] = tensor;
  }
  const { result, assigned } = store.bind(bound, f);
  return {
    result,
    assigned: Object.fromEntries(
      Object.entries(assigned).map(([name, tensor]) => [slotKey({ name }), tensor]),
    ),
  };
};
