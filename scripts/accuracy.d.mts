/** docs/verification.md as it is, and with its table of right digits renewed. */
export function accuracy(rows: string[][], page?: string): { page: string; renewed: string };
