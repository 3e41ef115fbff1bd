/** docs/api.md as the docstrings say it. */
export function page(): string;
/** What the package exports, by how it is imported. */
export const everything: {
  entry: string;
  exported: { name: string; declaration: { node: { type: string } } }[];
}[];
