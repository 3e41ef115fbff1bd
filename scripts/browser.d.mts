/** `ELL2_CHROMIUM` if it is set, otherwise the first Chromium on the path or in the usual places; or null. */
export function findBrowser(): string | null;
