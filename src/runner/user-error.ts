/** Something that the user can put right: a configuration, an argument, a folder. Printed without a stack; exit 2. */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** A folder that another process works in, or that another version wrote. Exit 5. */
export class StoreError extends Error {
  override readonly name = "StoreError";
}

/** The message of anything that was thrown. */
export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
