import { readFileSync, writeFileSync } from "node:fs";
import { families } from "../src/families.ts";
import { withFamilyTable } from "./family-table.ts";

/* Writes what README.md takes from the registry: `npm run readme`. */
const path = new URL("../README.md", import.meta.url);
writeFileSync(path, withFamilyTable(readFileSync(path, "utf8"), families));
