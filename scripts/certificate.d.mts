/** docs/verification.md with its tables renewed. */
export function renewed(): string;
