import type { EngineName, EngineOptions } from "../engine/index.ts";
import type { Config } from "./config/resolve.ts";

/** The configuration's engine, for training or, in another precision, for evaluation. */
export const engineOptions = (
  { engine }: Pick<Config, "engine">,
  precision: EngineOptions["precision"] = "float32",
): EngineOptions => ({
  engine: engine.name as EngineName,
  threads: Number(engine["threads"]),
  precision,
});
