/** Where in the source of ONNX Runtime an assertion stands, with what it asserts. */
const PLACE = /^\S+\.(?:cc|cpp|h):\d+ .*? was false\.?\s*/;

/**
 * What ONNX Runtime has to say of an error, without the line of its source: what follows is for users, and short enough to be
 * shown whole.
 */
export function nativeReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const [line = ""] = text.trim().split("\n");
  const words = line.replace(PLACE, "").trim().replace(/\.$/, "");
  return words === "" ? line.trim() : words;
}
