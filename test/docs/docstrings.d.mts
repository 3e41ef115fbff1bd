/** Everything that the docstrings of the public surface do not say, a line each. */
export function problems(): string[];
