import { visible } from "../../src/cli/output.js";
import { CATALOGUE } from "./index.js";

const INTRODUCTION = `# Bad inputs, and what each gets

What is refused, what is taken, and what is said of it: a test walks this table with the real command line, and the table
is made from the same cases (\`test/badInputs\`; \`npx vitest run test/badInputs -u\` renews it). … stands for anything,
such as words that differ between versions of Node. Whatever is refused (an exit code other than 0) leaves no file behind,
and prints nothing on standard output but the finding of \`ell2 check\`. The codes are told in [errors](errors.md).

Every case has a good \`fit.csv\` (columns a, b and y, 6 rows) and a good \`model.json\` for it besides.
`;

const MOST = 90;

const code = (text: string): string => {
  const shown = text.split("\n").map(visible).join(" ⏎ ").replaceAll("|", "\\|");
  const fence = "`".repeat(Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length)) + 1);
  return `${fence}${shown.length > 400 ? `${shown.slice(0, 400)} …` : shown}${fence}`;
};

const word = (text: string): string =>
  /^[\w./,*=:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

const command = (args: readonly string[]): string => {
  const text = `ell2 ${args.map(word).join(" ")}`;
  return code(text.length > MOST ? `${text.slice(0, MOST)} …` : text);
};

/** docs/badInputs.md */
export function page(): string {
  const sections = Object.entries(CATALOGUE).map(([title, cases]) => {
    const rows = cases.map(
      ({ what, args, exit, says }) =>
        `| ${what.replaceAll("|", "\\|").replaceAll("_", "\\_")} | ${command(args)} | ${exit} | ${says === "" ? "" : code(says)} |`,
    );
    return `## ${title}\n\n| input | command | exit | what is said |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}
