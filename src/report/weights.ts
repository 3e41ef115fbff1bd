import { barChart } from "../charts/barChart.js";
import { lineChart } from "../charts/lineChart.js";
import { markup } from "../charts/markup.js";
import type { Mark } from "../charts/series.js";
import { details, figure, figures, paragraph, type Section, section, table } from "./elements.js";
import { isAbsent, ofTarget, type Report } from "./report.js";

/** Charts of more targets would bury the page; tables have them all. */
const MOST_TARGETS = 6;
/** A table of more rows is folded away. */
const MOST_OPEN = 40;

/** The targets that get charts of their own: [position, name]. */
export const chartedTargets = (outputs: readonly string[]): [number, string][] =>
  [...outputs.entries()].slice(0, MOST_TARGETS);

export const targetsNote = (outputs: readonly string[]) =>
  outputs.length <= MOST_TARGETS
    ? null
    : paragraph(`Charts show the first ${MOST_TARGETS} of ${outputs.length} targets.`);

const unitOf = (unit: string | undefined) => (unit === undefined ? {} : { unit });

/** λ falls to the right, so that lines fan out towards their names. */
export const LAMBDA_AXIS = { label: "λ (weaker penalty to the right)", scale: "log", reverse: true } as const;

export function coefficients(report: Report): Section {
  const { model, units = {}, coefficients: list, intervals } = report;
  const known = isAbsent(intervals) ? null : intervals;
  const hasUnits = Object.keys(units).length > 0;
  const percent = known === null ? "" : `${Number((100 * known.level).toPrecision(4))} %`;
  const head = [
    "feature",
    "target",
    "weight",
    ...(hasUnits ? ["unit"] : []),
    "standard error",
    `low ${percent}`.trim(),
    `high ${percent}`.trim(),
    "weight · std. dev.",
  ];
  const ratio = (target: string, feature: string) => {
    const [over, under] = [units[target], units[feature]];
    return over === undefined && under === undefined
      ? "as in the data"
      : `${over ?? target} / ${under ?? feature}`;
  };
  const rows = list.map((of) => [
    of.feature,
    of.target,
    of.weight,
    ...(hasUnits ? [ratio(of.target, of.feature)] : []),
    of.standardError,
    of.low,
    of.high,
    of.scaled,
  ]);
  const biases = model.outputs.map((target, l) => [
    "bias",
    target,
    model.bias[l]!,
    ...(hasUnits ? [units[target] ?? "as in the data"] : []),
    null,
    null,
    null,
    null,
  ]);
  const all = table("Weights in the data's own units", head, [...rows, ...biases]);
  const charts = chartedTargets(model.outputs).map(([, target]) => {
    const own = list.filter((of) => of.target === target);
    const bars = own.map(({ feature, weight, scaled, low, high }) => {
      const deviation = weight === 0 ? Number.NaN : scaled / weight;
      if (low === null || high === null || !Number.isFinite(deviation))
        return { name: feature, value: scaled };
      return { name: feature, value: scaled, low: low * deviation, high: high * deviation };
    });
    const chart = barChart({
      title: `${target}: weights`,
      description: `The change of ${target} for one standard deviation of each feature`,
      x: { label: `change of ${target} a std. dev.`, ...unitOf(units[target]) },
      bars,
    });
    return figure(
      chart,
      "What one standard deviation of each feature adds, so that weights can be compared.",
      `${target}: weights for one standard deviation`,
      ["feature", "weight · std. dev."],
      own.map(({ feature, scaled }) => [feature, scaled]),
    );
  });
  const caveat = isAbsent(intervals)
    ? markup`<p class="absent">No standard errors: ${intervals.absent}</p>`
    : paragraph(
        intervals.kind === "confidence"
          ? `With λ = 0 the intervals are ${percent} confidence intervals, if errors are independent and of equal variance.`
          : `The standard errors and ${percent} intervals say how the shrunken weights scatter from sample to sample. They leave out the bias of shrinkage: these are not confidence intervals of the true weights.`,
      );
  return {
    id: "weights",
    heading: "Weights",
    content: markup`${caveat}${rows.length > MOST_OPEN ? details(`Table of ${rows.length} weights`, all) : all}${targetsNote(model.outputs)}${figures(charts)}`,
  };
}

/** The marks at the λ of a target. */
export function lambdaMarks({ model, crossValidation }: Report, l: number): Mark[] {
  const marks: Mark[] = [{ x: ofTarget(model.lambda, l), label: "λ of the model" }];
  if (isAbsent(crossValidation)) return marks;
  const { chosen, oneStandardError } = crossValidation;
  const others: [number | readonly number[] | null, string][] = [
    [chosen, "least error"],
    [oneStandardError, "one standard error"],
  ];
  for (const [value, label] of others) {
    if (value === null) continue;
    const x = ofTarget(value, l);
    const same = marks.find((mark) => mark.x === x);
    if (same) same.label += `, ${label}`;
    else marks.push({ x, label });
  }
  return marks;
}

export function path(report: Report): Section {
  const { inputs, outputs } = report.model;
  return section("path", "How the weights grow as λ falls", report.path, ({ lambdas, weights }) => {
    const charts = chartedTargets(outputs).map(([l, target]) =>
      figure(
        lineChart({
          title: `${target}: weights over λ`,
          description: `The standardised weight of each feature for ${target} over λ`,
          x: LAMBDA_AXIS,
          y: { label: "standardised weight", ...unitOf(report.units?.[target]) },
          series: inputs.map((name, j) => ({ name, x: lambdas, y: weights.map((at) => at[j]![l]!) })),
          marks: lambdaMarks(report, l).slice(0, 1),
        }),
        "Each line is the weight of a standardised feature. To the left the penalty holds all of them near 0.",
        `${target}: standardised weights`,
        ["λ", ...inputs],
        lambdas.map((lambda, i) => [lambda, ...inputs.map((_, j) => weights[i]![j]![l]!)]),
      ),
    );
    return markup`${targetsNote(outputs)}${figures(charts)}`;
  });
}
