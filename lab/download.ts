/** Hands a file to the reader. */
export function download(name: string, type: string, content: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

const NAMESPACE = "http://www.w3.org/2000/svg";

/**
 * A chart as a file of its own: the colours that the page gives it stand in it, on the page's ground.
 * @param svg the text of an `<svg>`
 * @param within an element in which it is shown
 */
export function standalone(svg: string, within: Element): string {
  const style = getComputedStyle(within);
  const resolved = svg.replace(
    /var\((--[\w-]+)(?:,([^()]*))?\)/g,
    (_, name: string, otherwise = "") => style.getPropertyValue(name).trim() || otherwise.trim(),
  );
  const root = new DOMParser().parseFromString(resolved, "image/svg+xml").documentElement;
  root.setAttribute("color", style.color);
  const ground = root.ownerDocument.createElementNS(NAMESPACE, "rect");
  for (const [name, value] of Object.entries({
    width: "100%",
    height: "100%",
    fill: style.getPropertyValue("--panel").trim(),
  }))
    ground.setAttribute(name, value);
  root.prepend(ground);
  return new XMLSerializer().serializeToString(root);
}
