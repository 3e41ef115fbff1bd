/** What the build puts in: see scripts/lab.mjs. */
declare module "lab:engine" {
  /** worker.ts, bundled. */
  const text: string;
  export default text;
}
declare module "lab:style" {
  /** lab.css, minified. */
  const text: string;
  export default text;
}
declare module "lab:formulas" {
  /** The formulas of formulas.json as MathML, by name. */
  const mathml: Record<string, string>;
  export default mathml;
}
declare module "lab:pytorch" {
  /** What is shown of golden/traces/notebook.json, as the text of a trace. */
  const text: string;
  export default text;
}
