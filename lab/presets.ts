import type { State } from "./state.js";

/** Settings to try, each on top of the defaults. */
export const PRESETS: Record<string, { label: string; about: string; set: Partial<State> }> = {
  notebook: {
    label: "The notebook",
    about: "100 rows train, 10 000 validate, batches of 33: where everything starts.",
    set: {},
  },
  decides: {
    label: "Decay decides",
    about: "20 rows and 200 features, every true weight 0.01: without decay the rows are learnt by heart.",
    set: {
      data: "small",
      train: 20,
      valid: 100,
      features: 200,
      targets: 1,
      informative: 200,
      noise: 0.01,
      lambda: 3,
      batch: 20,
      epochs: 64,
    },
  },
  twins: {
    label: "Twin features",
    about: "Two features that are nearly one: least squares sets them against each other, decay shares.",
    set: {
      data: "twins",
      train: 40,
      valid: 1000,
      features: 2,
      targets: 1,
      informative: 2,
      noise: 1,
      lambda: 0.1,
      lr: 0.1,
      batch: 40,
      epochs: 300,
    },
  },
  outlier: {
    label: "An outlier",
    about: "One row far off pulls the line; decay holds it back, and cannot tell which row it was.",
    set: {
      data: "outlier",
      train: 30,
      valid: 1000,
      features: 1,
      targets: 1,
      informative: 1,
      noise: 5,
      lambda: 0.3,
      lr: 0.1,
      batch: 30,
      epochs: 200,
    },
  },
  wide: {
    label: "More features than rows",
    about:
      "15 rows, 30 features, 5 of them informative: many weights fit the rows, decay picks the short one.",
    set: {
      train: 15,
      valid: 1000,
      features: 30,
      targets: 1,
      informative: 5,
      noise: 10,
      lambda: 0.3,
      lr: 0.05,
      batch: 15,
      epochs: 1000,
      start: "zeros",
    },
  },
};
