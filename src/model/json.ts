/**
 * A value as JSON, with −0 as `-0` (`JSON.stringify` makes it 0).
 * @param indent spaces; all on one line if left out
 */
export function jsonText(value: unknown, indent?: number): string {
  const negativeZero = "\0negative zero";
  const text = JSON.stringify(value, (_, item) => (Object.is(item, -0) ? negativeZero : item), indent);
  return text.replaceAll(JSON.stringify(negativeZero), "-0");
}

/**
 * The value that a JSON text holds.
 * @throws SyntaxError for what is no JSON, or names something twice in an object (of which JSON.parse
 *   would keep the last, and say nothing)
 */
export function parseJson(text: string): unknown {
  const value = JSON.parse(text);
  const open: Set<string>[] = [];
  for (const [token, key] of text.matchAll(/("[^"\\]*(?:\\.[^"\\]*)*")\s*(:)?|[{}]/g) as Iterable<string[]>) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (key !== undefined && token!.endsWith(":")) {
      const name: string = JSON.parse(key);
      if (open.at(-1)!.has(name))
        throw new SyntaxError(`${JSON.stringify(name.slice(0, 60))} twice in an object`);
      open.at(-1)!.add(name);
    }
  }
  return value;
}
