/** Where two sets of results first differ, by `Object.is`, so that NaN equals NaN and −0 is not 0; null where they do not. */
export function difference<T extends Record<string, Float64Array>>(a: T, b: T): string | null {
  for (const [name, values] of Object.entries(a)) {
    const others = b[name]!;
    if (values.length !== others.length) return `${name}: ${values.length} entries, not ${others.length}`;
    const at = values.findIndex((x, i) => !Object.is(x, others[i]));
    if (at >= 0) return `${name}[${at}]: ${values[at]}, not ${others[at]}`;
  }
  return null;
}
