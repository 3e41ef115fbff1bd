import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { download, standalone } from "./download.js";
import { markup } from "./math.js";
import { figure } from "./numbers.js";

type Cell = string | number | null;

interface Numbers {
  caption: string;
  head: readonly string[];
  rows: readonly (readonly Cell[])[];
}

const MOST_ROWS = 200;

/**
 * A chart, what one sees in it, and behind it the table of its numbers and the chart as a file.
 * @param name of the file
 * @param svg the chart, which is shown; of what is drawn otherwise, `asSvg` makes it when it is asked for
 */
export function Figure({
  name,
  svg,
  asSvg = () => svg!,
  caption,
  numbers,
  children,
  wide,
}: {
  name: string;
  svg?: string;
  asSvg?: () => string;
  caption: ComponentChildren;
  numbers?: Numbers;
  children?: ComponentChildren;
  /** Whether it takes two columns, with the words beside the chart. */
  wide?: boolean;
}) {
  const open = useSignal(false);
  const box = useRef<HTMLElement>(null);
  const save = () => download(`${name}.svg`, "image/svg+xml", standalone(asSvg(), box.current!));
  return (
    <figure class={wide ? "wide" : undefined} ref={box}>
      {svg === undefined ? null : <div class="chart" {...markup(svg)} />}
      {children}
      <figcaption>
        {caption}
        {numbers ? (
          <details
            onToggle={(event) => {
              open.value = event.currentTarget.open;
            }}
          >
            <summary>
              Table<span class="hidden">: {numbers.caption}</span>
            </summary>
            {open.value ? <Table {...numbers} /> : null}
          </details>
        ) : null}
        <button type="button" class="quiet" onClick={save}>
          Save as SVG<span class="hidden">: {name}</span>
        </button>
      </figcaption>
    </figure>
  );
}

/** A table in a box of its own that scrolls. */
export function Table({ caption, head, rows }: Numbers) {
  const shown = rows.slice(0, MOST_ROWS);
  const title =
    shown.length < rows.length ? `${caption} (the first ${MOST_ROWS} of ${rows.length})` : caption;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reached by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
    <div class="scroll" role="group" tabIndex={0} aria-label={title}>
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            {head.map((text) => (
              <th scope="col" key={text}>
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(([first, ...rest], i) => (
            <tr key={i}>
              <th scope="row">{write(first ?? null)}</th>
              {rest.map((cell, j) => (
                <td key={j}>{write(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const write = (cell: Cell): string =>
  typeof cell === "number" ? (Number.isNaN(cell) ? "–" : figure(cell)) : (cell ?? "–");
