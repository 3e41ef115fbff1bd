import { barChart } from "../charts/barChart.js";
import { lineChart } from "../charts/lineChart.js";
import { markup } from "../charts/markup.js";
import { figure, figures, paragraph, type Section, section, table } from "./elements.js";
import { ofTarget, type Report } from "./report.js";

/** As many directions get a bar each. */
const MOST_BARS = 12;

export function directions({ directions: list, model }: Report): Section {
  return section("shrinkage", "How much each direction is shrunk", list, (of) => {
    const perTarget = of.some(({ shrinkage }) => typeof shrinkage !== "number");
    const columns = perTarget ? model.outputs : ["d²/(d² + α)"];
    const names = of.map((_, c) => `direction ${c + 1}`);
    const text = {
      title: "Shrinkage of each direction",
      description: "d²/(d² + α) of each singular direction of the features, from strong to weak",
    };
    const chart =
      of.length <= MOST_BARS && !perTarget
        ? barChart({
            ...text,
            x: { label: "kept: d²/(d² + α)" },
            bars: of.map(({ shrinkage }, c) => ({ name: names[c]!, value: ofTarget(shrinkage, 0) })),
          })
        : lineChart({
            ...text,
            x: { label: "direction, strong to weak" },
            y: { label: "kept: d²/(d² + α)" },
            series: columns.map((name, l) => ({
              name: perTarget ? name : "",
              x: of.map((_, c) => c + 1),
              y: of.map(({ shrinkage }) => ofTarget(shrinkage, l)),
            })),
          });
    return figures([
      figure(
        chart,
        "The penalty keeps the part d²/(d² + α) of what least squares would give along each singular direction of the features: nearly all of strong directions, little of weak ones. Their sum is the effective degrees of freedom.",
        "Singular values and shrinkage",
        ["direction", "singular value d", ...columns],
        of.map(({ singularValue, shrinkage }, c) => [
          c + 1,
          singularValue,
          ...columns.map((_, l) => ofTarget(shrinkage, l)),
        ]),
      ),
    ]);
  });
}

export function vif({ vif: list }: Report): Section {
  return section("vif", "Variance inflation", list, (of) => {
    const chart = barChart({
      title: "Variance inflation factors",
      description: "How much the variance of each weight grows because the feature is nearly a sum of others",
      x: { label: "VIF" },
      bars: of.map((row) => ({ name: row.feature, value: row.vif })),
    });
    return markup`${paragraph("VIF = 1/(1 − R²) of a feature predicted from the others: 1 where it stands alone; above 10 its weight at λ = 0 is hardly determined.")}${figures(
      [
        figure(
          chart,
          "At λ = 0. The penalty is what brings such weights back.",
          "Variance inflation factors",
          ["feature", "VIF"],
          of.map((row) => [row.feature, row.vif]),
        ),
      ],
    )}`;
  });
}

export function condition({ condition: value, model }: Report): Section {
  return section("condition", "Condition number", value, ({ before, after }) => {
    const same = after.every((at) => at === after[0]);
    const rows = (same ? after.slice(0, 1) : after).map((at, l) => [
      same ? "λ of the model" : `λ of ${model.outputs[l]}`,
      at,
    ]);
    return markup`${paragraph("How much an error of the data can grow on its way into the weights: the largest over the least eigenvalue of the system that is solved.")}${table(
      "Condition number before and after the penalty",
      ["at", "condition number"],
      [["λ = 0", before], ...rows],
    )}`;
  });
}

export function influential({ influential: list }: Report): Section {
  return section("influence", "Rows that move the fit", list, (of) =>
    of.length === 0
      ? paragraph("None stands out.")
      : markup`${paragraph("Cook's distance says how far all predictions move if a row is left out. Rows count from 1, the header not counted.")}${table(
          "The most influential rows",
          ["row", "target", "Cook's distance", "leverage", "studentised residual"],
          of.map((row) => [row.row, row.target, row.cooksDistance, row.leverage, row.residual]),
        )}`,
  );
}
