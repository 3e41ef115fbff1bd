import type { PairStudy } from "./study.js";

const SIZE = 360;
const MARGIN = 34;

interface View {
  at(p: readonly [number, number]): [number, number];
  scale: number;
}

/** The ellipse of all p with ½(p − c)ᵀQ(p − c) = level. */
export function ellipseOf([a, h, d]: PairStudy["Q"], level: number) {
  const mid = (a + d) / 2;
  const spread = Math.sqrt(((a - d) / 2) * ((a - d) / 2) + h * h);
  const [large, small] = [mid + spread, mid - spread];
  // the direction in which Q is largest; the ellipse is short there
  const angle = 0.5 * Math.atan2(2 * h, a - d);
  return {
    short: Math.sqrt((2 * level) / large),
    long: small > 1e-9 * large ? Math.sqrt((2 * level) / small) : Number.POSITIVE_INFINITY,
    angle,
  };
}

/** ½(p − c)ᵀQ(p − c): how much the loss is above its least. */
export function excess({ Q: [a, h, d], centre: [x, y] }: PairStudy, p: readonly [number, number]): number {
  const [u, v] = [p[0] - x, p[1] - y];
  return (a * u * u + 2 * h * u * v + d * v * v) / 2;
}

/** −∂L/∂p */
export function descentOf(
  { Q: [a, h, d], centre: [x, y] }: PairStudy,
  p: readonly [number, number],
): [number, number] {
  const [u, v] = [p[0] - x, p[1] - y];
  return [-(a * u + h * v), -(h * u + d * v)];
}

const n2 = (x: number): number => Math.round(x * 100) / 100;
const finite = (p: readonly [number, number]) => Number.isFinite(p[0]) && Number.isFinite(p[1]);

/**
 * Contours of the loss over two weights as exact ellipses, of ‖w‖² as circles, the path of ridge's
 * answers from λ = ∞ (the origin) to 0, and where training has been; as the text of an `<svg>`.
 */
export function contourChart(pair: PairStudy, trail: readonly [number, number][]): string {
  const { centre, ridge, leastSquares, path, Q, names } = pair;
  const points = [[0, 0], centre, ridge, leastSquares, ...trail].filter((p) =>
    finite(p as [number, number]),
  ) as [number, number][];
  const view = viewOf(points);
  const now = trail.at(-1) ?? [0, 0];
  const line = (of: readonly (readonly [number, number])[]) =>
    of
      .filter(finite)
      .map((p, i) => `${i === 0 ? "M" : "L"}${view.at(p).map(n2).join(",")}`)
      .join("");
  const parts: string[] = [axes(view, names)];
  if (finite(centre)) {
    const through = finite(ridge) ? excess(pair, ridge) : 0;
    const reach = Math.max(excess(pair, [0, 0]), through, 1e-300);
    const levels = [
      ...new Set([through, ...[0.02, 0.1, 0.25, 0.5, 0.8, 1.2, 2].map((share) => share * reach)]),
    ].filter((level) => level > 0);
    for (const level of levels) parts.push(drawEllipse(view, centre, ellipseOf(Q, level), level === through));
  }
  if (finite(ridge)) {
    const radius = Math.sqrt(ridge[0] * ridge[0] + ridge[1] * ridge[1]);
    for (const share of [0.5, 1, 1.5]) {
      const [x, y] = view.at([0, 0]);
      const main = share === 1 ? ' stroke-width="2"' : ' stroke-dasharray="3 4"';
      parts.push(
        `<circle cx="${n2(x)}" cy="${n2(y)}" r="${n2(radius * share * view.scale)}" fill="none" stroke="var(--ell2-2)"${main}/>`,
      );
    }
  }
  parts.push(
    `<path d="${line([[0, 0], ...path, leastSquares])}" fill="none" stroke="var(--ell2-3)" stroke-width="2" stroke-dasharray="6 3"/>`,
  );
  parts.push(
    `<path d="${line(trail)}" fill="none" stroke="var(--ell2-4)" stroke-width="2" stroke-linejoin="round"/>`,
  );
  parts.push(arrows(view, pair, now));
  parts.push(
    dot(view, leastSquares, "--ell2-1", "least squares", "below"),
    dot(view, ridge, "--ell2-2", "ridge"),
    dot(view, now, "--ell2-4", "now", "left"),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${SIZE} ${SIZE}" width="${SIZE}" height="${SIZE}" font-family="system-ui, sans-serif" font-size="12" fill="currentColor"><title>Loss and penalty over two weights</title><desc>Ellipses of equal loss around least squares, circles of equal norm around the origin; they touch at the ridge point.</desc><clipPath id="ell2-box"><rect x="${MARGIN}" y="8" width="${SIZE - MARGIN - 8}" height="${SIZE - MARGIN - 8}"/></clipPath>${parts[0]}<g clip-path="url(#ell2-box)">${parts.slice(1).join("")}</g></svg>`;
}

/** The same scale both ways, so that circles are circles. */
function viewOf(points: readonly [number, number][]): View {
  const range = (at: 0 | 1): [number, number] => [
    Math.min(...points.map((p) => p[at])),
    Math.max(...points.map((p) => p[at])),
  ];
  const [[x0, x1], [y0, y1]] = [range(0), range(1)];
  const side = 1.35 * Math.max(x1 - x0, y1 - y0, 1e-9);
  const [left, bottom] = [(x0 + x1 - side) / 2, (y0 + y1 - side) / 2];
  const scale = (SIZE - MARGIN - 8) / side;
  return {
    scale,
    at: ([x, y]) => [MARGIN + (x - left) * scale, SIZE - MARGIN - (y - bottom) * scale],
  };
}

function axes(view: View, [across, up]: PairStudy["names"]): string {
  const [x, y] = view.at([0, 0]);
  const [low, high, right] = [8, SIZE - MARGIN, SIZE - 8];
  const at = (p: number, from: number, to: number) => n2(Math.min(to, Math.max(from, p)));
  const unit = 60 / view.scale;
  const round = Number(unit.toPrecision(1));
  const end = MARGIN + 6 + round * view.scale;
  return `<g stroke="var(--ell2-grid)"><path d="M${at(x, MARGIN, right)},${low}V${high}M${MARGIN},${at(y, low, high)}H${right}" fill="none"/></g><rect x="${MARGIN}" y="8" width="${SIZE - MARGIN - 8}" height="${SIZE - MARGIN - 8}" fill="none" stroke="var(--ell2-grid)"/><path d="M${MARGIN + 6},${high - 8}H${n2(end)}m0,-4v8M${MARGIN + 6},${high - 12}v8" stroke="currentColor" fill="none"/><text x="${n2(end + 6)}" y="${high - 4}">${round}</text><text x="${(MARGIN + right) / 2}" y="${SIZE - 10}" text-anchor="middle" fill="var(--ell2-muted)">weight of ${escapeText(across)}</text><text transform="translate(16,${(low + high) / 2}) rotate(-90)" text-anchor="middle" fill="var(--ell2-muted)">weight of ${escapeText(up)}</text>`;
}

function drawEllipse(
  view: View,
  centre: [number, number],
  { short, long, angle }: ReturnType<typeof ellipseOf>,
  main: boolean,
): string {
  const [x, y] = view.at(centre);
  const length = Math.min(long * view.scale, 1e5);
  const turn = (-angle * 180) / Math.PI;
  const width = main ? 2 : 1;
  return `<ellipse rx="${n2(short * view.scale)}" ry="${n2(length)}" transform="translate(${n2(x)},${n2(y)}) rotate(${n2(turn)})" fill="none" stroke="var(--ell2-1)" stroke-width="${width}"${main ? "" : ' stroke-opacity="0.6"'}/>`;
}

/** −∂L/∂w and −λw where training is: opposite and equal at the ridge point. */
function arrows(view: View, pair: PairStudy, now: readonly [number, number]): string {
  const loss = descentOf(pair, now);
  const decay: [number, number] = [-pair.lambda * now[0], -pair.lambda * now[1]];
  const length = ([x, y]: readonly [number, number]) => Math.sqrt(x * x + y * y);
  const most = Math.max(length(loss), length(decay));
  if (!(most > 0) || !Number.isFinite(most)) return "";
  const draw = (g: [number, number], colour: string) => {
    const share = 70 / most / view.scale;
    const [x0, y0] = view.at(now);
    const [x1, y1] = view.at([now[0] + g[0] * share, now[1] + g[1] * share]);
    const size = length([x1 - x0, y1 - y0]);
    if (size < 2) return "";
    const [u, v] = [(x1 - x0) / size, (y1 - y0) / size];
    const head = Math.min(7, size);
    return `<path d="M${n2(x0)},${n2(y0)}L${n2(x1)},${n2(y1)}M${n2(x1 - head * (u + v * 0.5))},${n2(y1 - head * (v - u * 0.5))}L${n2(x1)},${n2(y1)}L${n2(x1 - head * (u - v * 0.5))},${n2(y1 - head * (v + u * 0.5))}" fill="none" stroke="var(${colour})" stroke-width="3" stroke-linecap="round"/>`;
  };
  return draw(loss, "--ell2-1") + draw(decay, "--ell2-2");
}

function dot(
  view: View,
  p: readonly [number, number],
  colour: string,
  label: string,
  side: "right" | "left" | "below" = "right",
): string {
  if (!finite(p)) return "";
  const [x, y] = view.at(p);
  const before = side === "left" ? x > 60 : x > SIZE - 90;
  return `<circle cx="${n2(x)}" cy="${n2(y)}" r="5" fill="var(${colour})" stroke="var(--panel)" stroke-width="1.5"/><text x="${n2(before ? x - 8 : x + 8)}" y="${n2(y + (side === "below" ? 16 : -7))}" text-anchor="${before ? "end" : "start"}" stroke="var(--panel)" stroke-width="3" paint-order="stroke">${label}</text>`;
}

const escapeText = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
