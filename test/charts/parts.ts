/** Reads a chart's SVG back. */
export const texts = (svg: string): string[] =>
  [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

/** Every number of every attribute. */
export const coordinates = (svg: string): string[] =>
  [...svg.matchAll(/ (?:x|y|x1|x2|y1|y2|width|height|d)="([^"]*)"/g)].map(([, value]) => value!);

export const note = (svg: string): string => /<desc>(.*?)<\/desc>/.exec(svg)?.[1] ?? "";

/** The points of the paths of lines (stroke-width 2), one list for each line. */
export const paths = (svg: string): number[][][] =>
  [...svg.matchAll(/<path d="([^"]*)" stroke-width="2"/g)].map(([, d]) =>
    [...d!.matchAll(/[ML]([-\d.e]+),([-\d.e]+)/g)].map(([, x, y]) => [Number(x), Number(y)]),
  );
