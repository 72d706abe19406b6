import type { Store } from "../engine/index.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** All slots of a store as the bytes of a safetensors file. */
export const saveModel = (store: Store): Uint8Array =>
  encodeSafetensors({
    arrays: Object.fromEntries(
      store.slots().map(({ name, shape, values }) => [name, { shape, values }]),
    ),
  });

/**
 * Puts the arrays of a file into the slots of a store that was built with the same options. Nothing is changed unless
 * all names and shapes agree.
 *
 * @param who the file, for error messages
 */
export function loadModel(store: Store, bytes: Uint8Array, who = "model"): void {
  const { arrays } = decodeSafetensors(bytes, who);
  const cure = "build the model with the options that it was saved with";
  const slots = store.slots();
  for (const { name, shape } of slots) {
    const found = arrays[name];
    if (!found) throw new Error(`${who}: the array "${name}" is missing; ${cure}.`);
    if (found.shape.join() !== shape.join())
      throw new Error(
        `${who}: "${name}" has shape [${found.shape.join(", ")}], the model needs [${shape.join(", ")}]; ${cure}.`,
      );
  }
  const known = new Set(slots.map(({ name }) => name));
  const unknown = Object.keys(arrays).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new Error(`${who}: the model has no array "${unknown}"; ${cure}.`);
  for (const slot of slots) slot.values = Float64Array.from(arrays[slot.name]?.values ?? []);
}
