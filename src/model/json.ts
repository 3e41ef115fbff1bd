/**
 * A value as JSON, with −0 as `-0` (`JSON.stringify` makes it 0).
 * @param indent spaces; all on one line if left out
 */
export function jsonText(value: unknown, indent?: number): string {
  const negativeZero = "\0negative zero";
  const text = JSON.stringify(value, (_, item) => (Object.is(item, -0) ? negativeZero : item), indent);
  return text.replaceAll(JSON.stringify(negativeZero), "-0");
}
