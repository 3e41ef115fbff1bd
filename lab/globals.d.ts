/** What the build puts in: see scripts/lab.mjs. */
declare module "lab:engine" {
  /** worker.ts, bundled as a script that sets `ell2` to what it exports. */
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
declare module "lab:sandbox" {
  /** The document in which a rule runs: sandbox.ts and its policy. */
  const html: string;
  export default html;
}
declare module "lab:pytorch" {
  /** What is shown of golden/traces/notebook.json, as the text of a trace. */
  const text: string;
  export default text;
}
