import type { Tableau } from "./tableau.ts";

/** The polygon method. */
export const euler: Tableau = {
  name: "euler",
  paper: "Euler (1768)",
  order: 1,
  nodes: [0],
  matrix: [[]],
  weights: [1],
};

/** The slope in the middle of the step. */
export const midpoint: Tableau = {
  name: "midpoint",
  paper: "Runge (1895)",
  order: 2,
  nodes: [0, 1 / 2],
  matrix: [[], [1 / 2]],
  weights: [0, 1],
};

/** The trapezoidal rule with Euler's prediction, and Euler's method as its error estimate. */
export const heun: Tableau = {
  name: "heun",
  paper: "Heun (1900)",
  order: 2,
  nodes: [0, 1],
  matrix: [[], [1]],
  weights: [1 / 2, 1 / 2],
  embedded: { order: 1, weights: [1, 0] },
};

/** The classical method. */
export const rk4: Tableau = {
  name: "rk4",
  paper: "Kutta (1901)",
  order: 4,
  nodes: [0, 1 / 2, 1 / 2, 1],
  matrix: [[], [1 / 2], [0, 1 / 2], [0, 0, 1]],
  weights: [1 / 6, 1 / 3, 1 / 3, 1 / 6],
};

export const bosh3: Tableau = {
  name: "bosh3",
  paper: "Bogacki & Shampine (1989)",
  order: 3,
  nodes: [0, 1 / 2, 3 / 4, 1],
  matrix: [[], [1 / 2], [0, 3 / 4], [2 / 9, 1 / 3, 4 / 9]],
  weights: [2 / 9, 1 / 3, 4 / 9, 0],
  embedded: { order: 2, weights: [7 / 24, 1 / 4, 1 / 3, 1 / 8] },
};

export const dopri5: Tableau = {
  name: "dopri5",
  paper: "Dormand & Prince (1980)",
  order: 5,
  nodes: [0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1, 1],
  matrix: [
    [],
    [1 / 5],
    [3 / 40, 9 / 40],
    [44 / 45, -56 / 15, 32 / 9],
    [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
    [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
    [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
  ],
  weights: [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84, 0],
  embedded: {
    order: 4,
    weights: [5179 / 57600, 0, 7571 / 16695, 393 / 640, -92097 / 339200, 187 / 2100, 1 / 40],
  },
};

const TSIT5_WEIGHTS = [
  0.09646076681806523, 0.01, 0.4798896504144996, 1.379008574103742, -3.290069515436081,
  2.324710524099774,
] as const;
/** b − b̂ as the paper gives it. */
const TSIT5_ERROR = [
  -0.00178001105222577714, -0.0008164344596567469, 0.007880878010261995, -0.1447110071732629,
  0.5823571654525552, -0.45808210592918697,
] as const;

export const tsit5: Tableau = {
  name: "tsit5",
  paper: "Tsitouras (2011)",
  order: 5,
  nodes: [0, 0.161, 0.327, 0.9, 0.9800255409045097, 1, 1],
  matrix: [
    [],
    [0.161],
    [-0.008480655492356989, 0.335480655492357],
    [2.8971530571054935, -6.359448489975075, 4.3622954328695815],
    [5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525],
    [
      5.86145544294642, -12.92096931784711, 8.159367898576159, -0.071584973281401,
      -0.028269050394068383,
    ],
    [...TSIT5_WEIGHTS],
  ],
  weights: [...TSIT5_WEIGHTS, 0],
  embedded: {
    order: 4,
    weights: [...TSIT5_WEIGHTS.map((b, i) => b - (TSIT5_ERROR[i] ?? 0)), -1 / 66],
  },
};
