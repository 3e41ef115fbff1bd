import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FIELDS } from "../../lab/state.js";
import { root } from "../cli/help.js";
import { launch, openPage } from "./browse.js";

const read = (path: string) => readFileSync(`${root}/${path}`, "utf8");
/** The traits of the class that Python needs. */
const CLASS =
  /_esm = pathlib\.Path\([\s\S]*?parts = [\s\S]*?preset = [\s\S]*?hide = [\s\S]*?set = .*tag\(sync=True\)/;

let browser: Browser;
let server: Server;
beforeAll(async () => {
  browser = await launch();
  server = createServer(({ url = "" }, response) => {
    const file = `${root}${url}`;
    response.writeHead(existsSync(file) ? 200 : 404, {
      "Content-Type": url.endsWith(".mjs") ? "text/javascript" : "text/html; charset=utf-8",
    });
    response.end(existsSync(file) ? readFileSync(file) : "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await browser?.close();
  server?.close();
});

describe("examples/widget", () => {
  it("index.html shows two widgets that train, quietly and with nothing from outside", async () => {
    const { port } = server.address() as AddressInfo;
    const { page, messages, outside } = await openPage(
      browser,
      `http://127.0.0.1:${port}/examples/widget/index.html`,
    );
    await page.locator("#decides [data-testid=now]").waitFor();
    await page
      .locator("#decides")
      .getByRole("toolbar")
      .getByRole("button", { name: "Step an epoch" })
      .click();
    await page.locator("#decides").getByText("epoch: 0 - MSE:").waitFor();
    const lambda = page.locator("#twins").getByLabel("λ, weight decay", { exact: true }).first();
    expect(await lambda.inputValue()).toBe("0.5");
    expect({ messages, outside }).toEqual({ messages: [], outside: [] });
    await page.close();
  });

  it("index.md gives options that the widget takes, as docs/widget.md does", async () => {
    const texts = [read("examples/widget/index.md"), read("docs/widget.md")];
    const bodies = texts.flatMap((text) => [
      ...text.matchAll(/```\{anywidget\} widget\.mjs\n([\s\S]*?)^```/gm),
    ]);
    expect(bodies.length).toBe(3);
    const { port } = server.address() as AddressInfo;
    const { page } = await openPage(browser, `http://127.0.0.1:${port}/examples/widget/index.html`);
    for (const { 1: body } of bodies) {
      const options = JSON.stringify(JSON.parse(body!));
      const mounted = `import("/dist/widget.mjs").then(({ mount }) => { mount(document.body, ${options})(); return "mounted"; })`;
      expect(await page.evaluate(mounted)).toBe("mounted");
    }
    await page.close();
  });

  it("jupyter.ipynb is a notebook of format 4.5 with the class of docs/widget.md, as marimo_notebook.py has it", () => {
    const notebook = JSON.parse(read("examples/widget/jupyter.ipynb"));
    expect([notebook.nbformat, notebook.nbformat_minor]).toEqual([4, 5]);
    const ids = notebook.cells.map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const cell of notebook.cells) {
      expect(cell.id).toMatch(/^[\w-]{1,64}$/);
      expect(Array.isArray(cell.source)).toBe(true);
      if (cell.cell_type === "code")
        expect(cell).toMatchObject({ outputs: [], execution_count: null, metadata: {} });
      else expect(Object.keys(cell).sort()).toEqual(["cell_type", "id", "metadata", "source"]);
    }
    const code = notebook.cells.map(({ source }: { source: string[] }) => source.join("")).join("\n");
    for (const text of [code, read("docs/widget.md"), read("examples/widget/marimo_notebook.py")])
      expect(text).toMatch(CLASS);
  });
});

describe("docs/widget.md", () => {
  it("names every setting", () => {
    const [, named] = /Names for `hide` and `set`: ([\s\S]*?)\. What is hidden/.exec(read("docs/widget.md"))!;
    expect([...named!.matchAll(/`(\w+)`/g)].map(([, name]) => name)).toEqual(Object.keys(FIELDS));
  });
});
