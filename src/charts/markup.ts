/** Text that is markup already, and is not escaped again. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

type Part = Markup | string | number | null | readonly Part[];

/**
 * SVG or HTML from a template. Whatever stands in it is escaped, unless it is markup itself; numbers
 * are lengths, and are rounded to hundredths; null is nothing.
 */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(strings.reduce((text, string, i) => text + write(parts[i - 1]!) + string));

function write(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (typeof part === "string") return escapeText(part);
  if (typeof part === "number") return String(Math.round(part * 100) / 100);
  return part === null ? "" : part.map(write).join("");
}

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as it may stand in an element or between the quotes of an attribute, of HTML and of XML. */
const escapeText = (text: string): string =>
  plainText(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Text in which � stands for what XML or a terminal would not take as text: control characters, lone surrogates, marks that turn the direction of what follows. */
export const plainText = (text: string): string =>
  text
    .replace(/[\t\n\r]+/g, " ")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
    .replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu, "\ufffd");
