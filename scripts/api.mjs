// npm run api: writes docs/api.md from the docstrings in the source.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./npm.mjs";
import { docOf, ENTRIES, exportsOf, hiddenTypes, membersOf, signatureOf } from "./surface.mjs";

const PAGE = join(root, "docs/api.md");
const WIDTH = 118;
const TITLE = "The programming interface";

/** The parts of "ell2" in the order of the page, by the folder that a declaration is in. */
const PARTS = {
  linalg: "Matrices",
  data: "Data",
  model: "Models",
  fit: "Fitting",
  nn: "nn and optim",
  random: "Random streams",
  compare: "Comparing",
  sql: "SQL",
  kernels: "Threads",
  errors: "Errors",
};

export const everything = Object.entries(ENTRIES).map(([entry, path]) => ({
  entry,
  exported: exportsOf(path),
}));
const known = new Map(
  everything.flatMap(({ exported }) => exported.map(({ name, declaration }) => [declaration, name])),
);
const isPublic = (declaration) => known.has(declaration);

/** A paragraph at most `WIDTH` wide; the lines after the first begin with `indent`. */
function wrap(text, first = "", indent = "") {
  const lines = [];
  let line = first;
  for (const word of text.split(/\s+/)) {
    const joined = line.trim() === "" || line.endsWith(" ") ? line + word : `${line} ${word}`;
    // a line that began with a number or a dash would be a list
    if (joined.length > WIDTH && line.trim() !== "" && !/^(?:\d+[.)]|[-+#*>])/.test(word)) {
      lines.push(line.trimEnd());
      line = indent + word;
    } else line = joined;
  }
  return [...lines, line].join("\n");
}

/** A text in which our own documents are links. */
const linked = (text) =>
  text
    .replace(/\bdocs\/(\w+\.md)/g, "[docs/$1]($1)")
    .replace(/\bgolden\/README\.md/g, "[golden/README.md](../golden/README.md)");

/** The text of a docstring as Markdown: paragraphs, lists and displayed formulas. */
function prose(text, indent = "") {
  return text
    .split(/\n{2,}/)
    .map((paragraph) => {
      const lines = paragraph.split("\n");
      if (lines.every((line) => /^ {2}/.test(line)))
        return lines.map((line) => `${indent}  ${line}`).join("\n");
      const items = linked(paragraph).split(/\n(?=- )/);
      return items.map((item) => wrap(item, indent, indent + (item.startsWith("- ") ? "  " : ""))).join("\n");
    })
    .join("\n\n");
}

/** What follows a docstring's text: arguments, what is returned, errors; and the source. */
function details({ params, returns, throws, source }, indent = "") {
  const items = params.map(([name, text]) => [`\`${name}\`:`, text]);
  if (returns) items.push(["Returns", returns]);
  if (throws) items.push(["Throws", throws]);
  const list = items
    .map(([head, text]) => wrap(linked(text), `${indent}- ${head} `, `${indent}  `))
    .join("\n");
  return sections(list, source && wrap(linked(source), `${indent}Source: `, indent));
}

const code = (...texts) => `\`\`\`typescript\n${texts.join("\n")}\n\`\`\``;
const sections = (...parts) => parts.filter(Boolean).join("\n\n");

/** A type as it stands in the source, with the types that the package has no name for. */
function types(declaration, nodes) {
  const hidden = hiddenTypes(declaration.file, nodes, isPublic);
  return hidden.map(({ file, start, outer }) => signatureOf(file, start, { ...outer, body: null }));
}

/** Members as a list; those of a base class that is not exported are among them. */
function memberList({ members, base }, className) {
  const inherited = base && !isPublic(base) ? memberList(membersOf(base), className) : [];
  const names = new Set(members.map(({ name }) => name));
  const own = members.map(({ name, doc, signature }) => ({
    name,
    text: [
      `- \`${name === "constructor" ? signature.replace(/^constructor/, `new ${className}`) : signature}\``
        .replace(/,?\s*\n\s*(?=[)])|(?<=[(])\s*\n\s*/g, "")
        .replace(/\s*\n\s*/g, " "),
      prose(doc.text, "  "),
      details(doc, "  "),
    ]
      .filter((part) => part.trim() !== "")
      .join("\n\n"),
  }));
  return [...own, ...inherited.filter(({ name }) => !names.has(name))];
}

function entry({ name, declaration }) {
  const { file, node, outer, start, overloads } = declaration;
  const doc = docOf(file, start);
  const head = `### ${name}`;
  if (node.type === "ClassDeclaration") {
    const around = membersOf(declaration);
    const text = file.text.slice(outer.start, node.body.start).trim();
    const signatures = around.members.flatMap(({ member }) => [
      member.typeAnnotation,
      member.value?.params,
      member.value?.returnType,
    ]);
    const listed = memberList(around, name).map(({ text: item }) => item);
    return sections(
      head,
      code(text, ...types(declaration, signatures)),
      prose(doc.text),
      details(doc),
      listed.join("\n"),
    );
  }
  const { params = node.init?.params, returnType = node.init?.returnType } = node;
  const hidden = types(declaration, params ? [params, returnType] : node);
  const text = signatureOf(file, outer.start, outer);
  const more = overloads.map((each) => signatureOf(file, each.start, each));
  return sections(head, code(text, ...more, ...hidden), prose(doc.text), details(doc));
}

/** The address of a heading, which is told apart from an earlier one of the same letters. */
function anchors() {
  const seen = new Map();
  return (heading) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\w -]/g, "")
      .replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  };
}

/** The page. */
export function page() {
  const parts = everything.flatMap(({ entry: from, exported }) => {
    if (from !== "ell2") return [[from, exported]];
    const folderOf = ({ declaration }) => declaration.file.path.split("/")[1].replace(/\.ts$/, "");
    const folders = [...new Set([...Object.keys(PARTS), ...exported.map(folderOf)])];
    return folders
      .map((folder) => [PARTS[folder] ?? folder, exported.filter((each) => folderOf(each) === folder)])
      .filter(([, inside]) => inside.length > 0);
  });
  const intro = `<!-- Written by npm run api from the docstrings in the source: change those. -->

Everything that the package exports. Sections up to Errors are of \`"ell2"\`; the others name what they are imported from.
m rows, n features, k targets; X [m×n], Y [m×k], w [n×k], b [1×k], all float64 and row-major, in the data's own units. The
objective, and what λ means in it, is in [conventions](conventions.md); each error code has its section in
[errors](errors.md).`;
  const anchor = anchors();
  anchor(TITLE);
  const written = parts.map(([title, exported]) => {
    anchor(title);
    const links = exported.map(({ name }) => `[${name}](#${anchor(name)})`);
    return sections(`## ${title}`, wrap(links.join(" · ")), ...exported.map(entry));
  });
  return `${sections(`# ${TITLE}`, intro, ...written)}\n`;
}

if (process.argv[1]?.endsWith("api.mjs")) writeFileSync(PAGE, page());
