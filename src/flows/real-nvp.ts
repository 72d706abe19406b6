import { positive } from "../options.ts";
import { affine } from "./affine.ts";
import { couplingFamily } from "./coupling-family.ts";

/** Real NVP with an orthonormal map between its couplings. */
export const realNvp = couplingFamily({
  name: "real-nvp",
  summary: "affine couplings with random rotations or other maps of the coordinates between them",
  paper: "Dinh, Sohl-Dickstein & Bengio (2017), arXiv:1605.08803",
  options: { clamp: positive(2, "largest |log-scale| of one coupling, nats") },
  transformer: ({ clamp }) => affine({ clamp }),
});
