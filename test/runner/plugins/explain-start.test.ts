import { suite } from "uvu";
import * as assert from "uvu/assert";
import { train } from "../../../src/index.ts";
import { familySource, pluginFolder, type PluginFolder } from "./plugin-folder.ts";

const test = suite<{ folder: PluginFolder }>("a loss that is not finite from the start");
test.before((context) => {
  context.folder = pluginFolder();
});
test.after(({ folder }) => {
  folder.remove();
});

test("names the family and the log-determinant that is not finite", async ({ folder }) => {
  // Slopes of 1 have logarithm 0, and that of −1 does not exist.
  const source = familySource("unsound", 'import { tf } from "flowmeter/flows";').replace(
    "affine({ clamp })",
    `({ ...affine({ clamp }), forward(x, raw) {
      const { y, logSlope } = affine({ clamp }).forward(x, raw);
      return { y, logSlope: tf.log(tf.sub(logSlope, 1)) };
    } })`,
  );
  const plugins = [folder.write("unsound.ts", source)];
  const data = { name: "two-moons", size: 400 };
  try {
    await train({ plugins, family: "unsound", data, training: { steps: 5 } });
    assert.unreachable();
  } catch (error) {
    const { message } = error as Error;
    assert.match(message, /family "unsound": before the first step/);
    assert.match(message, /encode's logDet of 256 of 256 rows/);
    // The rows and their images are sound, and so not blamed.
    assert.not.match(message, /entries|encode's z/);
  }
});

test.run();
