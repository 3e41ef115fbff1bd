// Reads the public surface: every export of the package with its signature and its docstring, from the source.
import { existsSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { parseSync } from "oxc-parser";
import { root } from "./npm.mjs";

/** The ways into the package, each with the file that says what it exports. */
export const ENTRIES = {
  ell2: "src/index.ts",
  "ell2/sources": "src/sources/index.ts",
  "ell2/charts": "src/charts/index.ts",
  "ell2/widget": "lab/types.d.ts",
};

const files = new Map();

/** A file of the source, parsed once: its text, its declarations by name, what it imports, and what it exports. */
export function fileOf(path) {
  if (!files.has(path)) files.set(path, parse(path));
  return files.get(path);
}

function parse(path) {
  const text = readFileSync(join(root, path), "utf8");
  const { program, comments, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`);
  const file = { path, text, comments, declared: new Map(), imports: new Map(), reexports: [], own: [] };
  for (const node of program.body) {
    if (node.type === "ImportDeclaration") {
      for (const { local, imported } of node.specifiers) {
        file.imports.set(local.name, {
          from: sourceOf(path, node.source.value),
          name: imported?.name ?? local.name,
        });
      }
    } else if (node.source) {
      const from = sourceOf(path, node.source.value);
      if (node.type === "ExportAllDeclaration") file.reexports.push({ all: node.exported.name, from });
      for (const { local, exported } of node.specifiers ?? [])
        file.reexports.push({ name: local.name, as: exported.name, from });
    } else if (node.type === "ExportDefaultDeclaration") {
      file.own.push({ name: node.declaration.name, as: "default" });
    } else {
      declare(file, node);
    }
  }
  return file;
}

function declare(file, node) {
  const inner = node.declaration ?? node;
  const named = inner.type === "VariableDeclaration" ? inner.declarations : [inner];
  for (const each of named) {
    const name = each.id?.name;
    if (name === undefined) continue;
    const before = file.declared.get(name);
    // an implementation behind overloads is not seen
    if (before && each.type === "TSDeclareFunction") before.overloads.push(inner);
    else if (before) before.implementation = each;
    else file.declared.set(name, { name, file, node: each, outer: inner, start: node.start, overloads: [] });
    if (node.declaration && !before) file.own.push({ name, as: name });
  }
}

const sourceOf = (path, specifier) => {
  const target = posix.join(posix.dirname(path), specifier.replace(/\.js$/, ".ts"));
  return existsSync(join(root, target)) ? target : null;
};

/** The exports of one of `ENTRIES`: `{name, declaration}`, with what is inside a namespace as `nn.Linear`. */
export function exportsOf(path, prefix = "") {
  const file = fileOf(path);
  const own = file.own.map(({ name, as }) => ({ name: prefix + as, declaration: file.declared.get(name) }));
  const others = file.reexports.flatMap(({ all, name, as, from }) =>
    all ? exportsOf(from, `${prefix}${all}.`) : [{ name: prefix + as, declaration: find(from, name) }],
  );
  return [...own, ...others];
}

/** The declaration that a name stands for in a file, through its imports and re-exports; null if it is not ours. */
export function find(path, name) {
  const file = fileOf(path);
  const here = file.declared.get(name);
  if (here) return here;
  const via = file.imports.get(name) ?? file.reexports.find(({ as }) => as === name);
  return via?.from ? find(via.from, via.name) : null;
}

/** The docstring that ends right before a position: `{text, params: [name, text][], returns, throws, source}`. */
export function docOf(file, start) {
  const comment = file.comments.findLast(({ type, end, value }) => {
    return (
      type === "Block" && value.startsWith("*") && end <= start && /^\s*$/.test(file.text.slice(end, start))
    );
  });
  const doc = { text: "", params: [], returns: "", throws: "", source: "" };
  if (!comment) return doc;
  const lines = comment.value
    .slice(1)
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trimEnd())
    .join("\n")
    .replace(/ (?=@(?:param|returns|throws|typeParam)\b|Source:\s)/g, "\n")
    .split("\n");
  const toText = (line) => {
    doc.text += `${line}\n`;
  };
  let add = toText;
  for (const line of lines) {
    const [, tag, rest] = /^(@\w+|Source:)\s*(.*)$/.exec(line) ?? [];
    if (line === "") add = toText;
    if (tag === undefined) {
      add(line);
    } else if (tag === "@param") {
      const [, name, text] = /^(\S+)\s*([\s\S]*)$/.exec(rest);
      const param = [name, text];
      doc.params.push(param);
      add = (more) => {
        param[1] += ` ${more.trim()}`;
      };
    } else {
      const key = { "@returns": "returns", "@throws": "throws", "Source:": "source" }[tag] ?? "types";
      doc[key] = doc[key] ? `${doc[key]}; ${rest}` : rest;
      add = (more) => {
        doc[key] += ` ${more.trim()}`;
      };
    }
  }
  for (const param of doc.params) param[1] = param[1].trim();
  for (const key of ["text", "returns", "throws", "source"]) doc[key] = doc[key].trim();
  return doc;
}

/** The functions of a declaration as `{name, node, doc, signature}`: itself, or a class's public members. */
export function membersOf(declaration) {
  const { file, node } = declaration;
  const members = node.body.body.filter(
    ({ key, accessibility }) =>
      key !== undefined &&
      key.type !== "PrivateIdentifier" &&
      !["private", "protected"].includes(accessibility),
  );
  const own = members.map((member) => ({
    name: member.key.name ?? member.key.value,
    member,
    file,
    doc: docOf(file, member.start),
    signature: signatureOf(file, member.start, member),
  }));
  // an implementation behind overloads is not seen, and has the first overload's docstring
  const seen = own.filter(
    ({ name, member }) =>
      member.value?.type !== "FunctionExpression" ||
      !own.some(
        (other) => other.name === name && other.member.value?.type === "TSEmptyBodyFunctionExpression",
      ),
  );
  const base = node.superClass ? find(file.path, node.superClass.name) : null;
  return { members: seen, base };
}

/** What stands in the source up to the body, without `export`. */
export function signatureOf(file, start, node) {
  const arrow = node.declarations?.[0].init;
  const body = arrow?.type === "ArrowFunctionExpression" ? arrow.body : (node.value?.body ?? node.body);
  const end = arrow || /Function|Method/.test(node.type) ? (body?.start ?? node.end) : node.end;
  return dedent(
    file.text
      .slice(start, end)
      .replace(/^export (default )?/, "")
      .replace(/^declare /, ""),
  )
    .replace(/(\s*=>)?;?\s*$/, "")
    .replace(/^override /, "");
}

/** A piece of source moved to the left, so that its last line stands at the edge. */
function dedent(text) {
  const indent = /^ */.exec(text.split("\n").at(-1))[0].length;
  return text.replaceAll(`\n${" ".repeat(indent)}`, "\n");
}

/** Calls `visit` with every node below, and this one. */
export function walk(node, visit) {
  if (node === null || typeof node !== "object") return;
  if (Array.isArray(node)) {
    for (const each of node) walk(each, visit);
    return;
  }
  if (typeof node.type === "string") visit(node);
  for (const [key, value] of Object.entries(node)) if (key !== "parent") walk(value, visit);
}

/** The types that are named in some nodes and that the package does not export, with those that these name. */
export function hiddenTypes(file, nodes, isPublic, found = new Map()) {
  walk(nodes, (node) => {
    const name =
      node.type === "TSTypeReference"
        ? node.typeName.name
        : node.type === "TSInterfaceHeritage"
          ? node.expression.name
          : undefined;
    if (name === undefined) return;
    const declaration = find(file.path, name);
    if (!declaration || isPublic(declaration) || found.has(declaration)) return;
    if (!/^TS(Interface|TypeAlias)/.test(declaration.node.type)) return;
    found.set(declaration, name);
    hiddenTypes(declaration.file, declaration.node, isPublic, found);
  });
  return [...found.keys()];
}
