/** Reads the project's own sources for the tests that hold them to the rules of the house. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

export interface SourceFile {
  /** Path below `src/`, with `/`. */
  readonly path: string;
  /** As written. */
  readonly text: string;
  /** Without comments; the contents of strings are blanked, line ends kept. */
  readonly code: string;
  /** Specifiers of static, type, re-exporting and dynamic imports. */
  readonly imports: readonly string[];
}

/** Every TypeScript file below `src/`. */
export function sourceFiles(): SourceFile[] {
  return readdirSync("src", { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort()
    .map((path) => readSource(path, readFileSync(join("src", path), "utf8")));
}

/** The file below `src/` that a relative specifier of `path` names; undefined for a package. */
export function resolveImport(path: string, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  return normalize(join(dirname(path), specifier))
    .replaceAll("\\", "/")
    .replace(/\.js$/, ".ts");
}

function readSource(path: string, text: string): SourceFile {
  const uncommented = replaceLexemes(text, (lexeme) => (lexeme.startsWith("/") ? "" : lexeme));
  const code = replaceLexemes(text, (lexeme) => (lexeme.startsWith("/") ? "" : '""'));
  return { path, text, code, imports: importSpecifiers(uncommented) };
}

const COMMENT_OR_STRING = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`/g;

function replaceLexemes(text: string, replacement: (lexeme: string) => string): string {
  return text.replace(COMMENT_OR_STRING, (lexeme) => {
    const lineEnds = lexeme.split("\n").length - 1;
    const replaced = replacement(lexeme);
    return replaced === lexeme ? lexeme : replaced + "\n".repeat(lineEnds);
  });
}

const IMPORTS = [/^(?:import|export)\s[^;"]*?\bfrom\s*"([^"]+)"/gm, /^import\s*"([^"]+)"/gm, /\bimport\(\s*"([^"]+)"/g];

function importSpecifiers(text: string): string[] {
  return IMPORTS.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] as string));
}
