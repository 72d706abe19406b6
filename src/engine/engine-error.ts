/** The user asked for an engine that cannot be had here; the message says what to do. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}
