import { DataError } from "../datasets/data-error.ts";
import { ModelError } from "../model.ts";
import { UnknownName } from "../registry.ts";

/** Something that the user can put right: a configuration, an argument, a folder. Printed without a stack; exit 2. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** A folder that another process works in, or that another version wrote. Exit 5. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** A run was stopped before its end, and may go on from its last checkpoint. Exit 75, or that of the signal. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";
}

/** What the code of a plugin's family threw that is no word to the user. Told without a stack too, but no option cures it. */
export class PluginFault extends ModelError {}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

/** Whether a plugin's family broke, also while it was recorded. */
export const isPluginFault = (error: unknown): boolean =>
  error instanceof PluginFault || (error instanceof Error && error.cause instanceof PluginFault);

/** Whether the user can put it right by another configuration or other data. */
export const isUserError = (error: unknown): error is Error =>
  error instanceof UserError ||
  error instanceof DataError ||
  error instanceof ModelError ||
  error instanceof UnknownName ||
  // What a model throws while it is recorded comes with the name of the program around it.
  (error instanceof Error && error.cause instanceof ModelError) ||
  // By name, since importing the engine here would load it for every command.
  (error instanceof Error && ["EngineError", "Incomparable"].includes(error.name));
