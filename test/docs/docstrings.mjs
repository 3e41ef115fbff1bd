// What a docstring of the public surface must say, checked against the code that it stands above.
import {
  docOf,
  ENTRIES,
  exportsOf,
  fileOf,
  find,
  hiddenTypes,
  membersOf,
  walk,
} from "../../scripts/surface.mjs";

const everything = Object.values(ENTRIES).flatMap((path) => exportsOf(path));
/** Drawings and the lab compute no number of their own. */
const DRAWN = /^(src\/charts|lab)\//;
/** What code that is shared throws, and this call cannot bring about. */
const CANNOT = new Set(["barChart: does not say that it throws SHAPE"]); // bars have no lists of different lengths
const known = new Set(everything.map(({ declaration }) => declaration));
const codes = fileOf("src/errors.ts")
  .declared.get("ERROR_CODES")
  .node.init.expression.elements.map(({ value }) => value);

/** Everything that is missing, a line each; empty where all is said. */
export function problems() {
  return [...new Set(everything.flatMap(ofExport))].filter((problem) => !CANNOT.has(problem));
}

function ofExport({ name, declaration }) {
  const { file, node, start, implementation } = declaration;
  const doc = docOf(file, start);
  const found = doc.text === "" ? [`${name}: no docstring`] : [];
  const init = node.init?.type === "ArrowFunctionExpression" ? node.init : null;
  if (node.type === "ClassDeclaration") {
    for (let at = declaration; at && (at === declaration || !known.has(at)); at = membersOf(at).base) {
      for (const member of membersOf(at).members) found.push(...ofMember(name, at, member));
    }
    if (doc.source === "") found.push(`${name}: no source`);
    return found;
  }
  if (/Function/.test(node.type) || init) {
    const own = init ?? node;
    if (doc.source === "" && !DRAWN.test(file.path)) found.push(`${name}: no source`);
    found.push(...ofFunction(name, doc, own, file));
    const body = (implementation ?? own).body;
    if (body) found.push(...ofErrors(name, doc, thrownIn(body, declaration), declaration));
  }
  // the lab's settings are described where they are set, and where one reads of the lab
  return name.startsWith("Widget") ? found : [...found, ...ofFields(declaration)];
}

function ofMember(className, declaration, { name, member, doc }) {
  const title = `${className}.${name}`;
  const function_ = member.value;
  if (!/Function/.test(function_?.type ?? "")) return doc.text === "" ? [`${title}: no docstring`] : [];
  if (doc.text === "" && name !== "constructor" && member.kind !== "set") {
    // a later overload shares the docstring of the first
    const first = declaration.node.body.body.find(({ key }) => key?.name === name);
    return first === member ? [`${title}: no docstring`] : [];
  }
  const found = ofFunction(title, doc, function_, declaration.file, member.kind);
  if (function_.body) found.push(...ofErrors(title, doc, thrownIn(function_.body, declaration), declaration));
  return found;
}

/** Arguments and what is returned. */
function ofFunction(title, doc, { params, returnType }, file, kind = "") {
  const found = [];
  for (const param of kind === "set" ? [] : params) {
    const name = (param.left ?? param.argument ?? param).name;
    const tagged = doc.params.some(([tag]) => name === undefined || tag.split(/[.[]/)[0] === name);
    const told = name !== undefined && new RegExp(`(?<![\\p{L}])${name}(?![\\p{L}])`, "u").test(doc.text);
    // options that have an entry of their own
    const type = (param.left ?? param).typeAnnotation?.typeAnnotation.typeName?.name ?? "";
    const hasEntry = type.endsWith("Options") && known.has(find(file.path, type));
    if (!tagged && !told && !hasEntry) found.push(`${title}: does not say what ${name ?? "its options"} is`);
  }
  if (kind === "constructor" || kind === "set") return found;
  if (!returnType) return [...found, `${title}: no return type`];
  const type = returnType.typeAnnotation;
  const nothing =
    /^TS(Void|This|Never)/.test(type.type) || type.typeArguments?.params[0]?.type === "TSVoidKeyword";
  if (!nothing && doc.returns === "" && !/\breturns?\b/i.test(doc.text) && DOES.test(doc.text))
    found.push(`${title}: does not say what it returns`);
  return found;
}

/** A sentence of what is done ("Trains …") says nothing of a result; one that names a thing ("The transpose") does. */
const DOES = /^(?!Rows|Columns|Predictions|Whether|Hyphens)[A-Z][a-z]+s\b(?! of\b)/;

/** The fields of an interface, and of those that it extends and that have no entry of their own. */
function ofFields({ name, node, file }) {
  if (node.type !== "TSInterfaceDeclaration") return [];
  const hidden = hiddenTypes(file, node.extends, (other) => known.has(other)).flatMap(ofFields);
  const own = node.body.body.flatMap((member) => {
    const field = member.key?.name;
    if (field === undefined || docOf(file, member.start).text !== "") return [];
    return new RegExp(`@param \\w+\\.${field}\\b`).test(file.text) ? [] : [`${name}.${field}: no docstring`];
  });
  return [...own, ...hidden];
}

function ofErrors(title, doc, thrown, declaration) {
  const said = saidBy(doc, declaration);
  return [...thrown]
    .filter((code) => !said.has(code))
    .map((code) => `${title}: does not say that it throws ${code}`);
}

/** The codes that a docstring names, with those of what it refers to ("as `fit`"). */
function saidBy(doc, declaration, seen = new Set()) {
  const said = new Set(codes.filter((code) => new RegExp(`\\b${code}\\b`).test(`${doc.throws} ${doc.text}`)));
  for (const [, reference] of doc.throws.matchAll(/`([\w.]+)`/g)) {
    if (seen.has(reference)) continue;
    seen.add(reference);
    for (const [other, where] of named(reference, declaration))
      for (const code of saidBy(other, where, seen)) said.add(code);
  }
  return said;
}

function named(reference, declaration) {
  const member = reference.split(".").at(-1);
  const owner = reference.includes(".") ? reference.slice(0, -member.length - 1) : "";
  const owned = owner ? everything.find(({ name }) => name === owner)?.declaration : declaration;
  if (owned?.node.type === "ClassDeclaration") {
    const found = membersOf(owned).members.filter(({ name }) => name === member);
    if (found.length > 0) return found.map(({ doc }) => [doc, owned]);
  }
  const target =
    find(declaration.file.path, reference) ??
    everything.find(({ name }) => name.split(".").at(-1) === member)?.declaration;
  if (!target) return [];
  const own = [[docOf(target.file, target.start), target]];
  if (target.node.type !== "ClassDeclaration") return own;
  const built = membersOf(target).members.filter(({ name }) => name === "constructor");
  return [...own, ...built.map(({ doc }) => [doc, target])];
}

/**
 * The codes that a body throws: itself, in the class's private methods and the file's own helpers, and in the
 * functions that check (check…, as…), wherever they are.
 */
function thrownIn(body, declaration, seen = new Set()) {
  const thrown = new Set();
  const follow = (target, at) => {
    if (!target || seen.has(target)) return;
    seen.add(target);
    for (const code of thrownIn(target, at, seen)) thrown.add(code);
  };
  walk(body, (node) => {
    if (node.type === "NewExpression" && node.callee.name === "Ell2Error") {
      walk(node.arguments[0], ({ type, value }) => {
        if (type === "Literal" && codes.includes(value)) thrown.add(value);
      });
    }
    if (node.type !== "CallExpression") return;
    const { callee } = node;
    if (callee.type === "MemberExpression" && callee.property.type === "PrivateIdentifier") {
      const method = declaration.node.body?.body.find(
        ({ key }) => key?.type === "PrivateIdentifier" && key.name === callee.property.name,
      );
      follow(method?.value?.body, declaration);
    }
    if (callee.type !== "Identifier") return;
    const target = find(declaration.file.path, callee.name);
    if (!target) return;
    const helper = target.file === declaration.file && !known.has(target);
    if (helper || /^(check|as)[A-Z]/.test(callee.name))
      follow((target.node.init ?? target.node).body, target);
  });
  return thrown;
}
