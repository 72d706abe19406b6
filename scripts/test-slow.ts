/** Runs the tests that take minutes each, `test/**\/*.slow.ts`: npm run test:slow */
import { spawnSync } from "node:child_process";

const UVU = ["--import", "tsx", "node_modules/uvu/bin.js", "test", "\\.slow\\.ts$"];
process.exitCode = spawnSync(process.execPath, UVU, { stdio: "inherit" }).status ?? 1;
