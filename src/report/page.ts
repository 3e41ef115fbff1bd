import { Markup, markup } from "../charts/markup.js";
import { condition, directions, influential, vif } from "./conditioning.js";
import { crossValidation, learning, predictions } from "./errors.js";
import { checkReport, type Report } from "./report.js";
import { STYLE } from "./style.js";
import { inShort, metrics, summary, warnings } from "./summary.js";
import { coefficients, path } from "./weights.js";

/**
 * A fit as one self-contained page of HTML: no script, no request, light and dark, a table behind each
 * chart. Whatever is absent says why. Every text of the report is escaped.
 * @param report what is known of the fit; see `Report`
 * @throws SHAPE where its parts do not fit each other
 */
export function reportHtml(report: Report): string {
  checkReport(report);
  const sections = [
    summary,
    metrics,
    coefficients,
    path,
    crossValidation,
    predictions,
    learning,
    directions,
    vif,
    condition,
    influential,
  ].map((make) => make(report));
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${report.title}</title><style>${new Markup(STYLE)}</style></head>
<body><header><h1>${report.title}</h1><p>${inShort(report)}.</p></header>
<nav aria-label="Sections"><ul>${sections.map(({ id, heading }) => markup`<li><a href="#${id}">${heading}</a></li>`)}</ul></nav>
<main>${warnings(report.warnings)}
${sections.map(
  ({
    id,
    heading,
    content,
  }) => markup`<section aria-labelledby="${id}"><h2 id="${id}">${heading}</h2>${content}</section>
`,
)}</main>
<footer><p>Written by ell2. The page is complete in itself: it asks for nothing from anywhere.</p></footer></body></html>
`.text;
}
