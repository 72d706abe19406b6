import { flag, optional, text } from "../options.ts";

/** The keys `data.…` that every data set has. */
export const dataOptions = {
  label: optional(text("", "name in records and tables; null for the data set's own", { min: 1 })),
  standardise: flag(
    false,
    "shift and scale each column to mean 0 and deviation 1 on the training rows",
  ),
};
