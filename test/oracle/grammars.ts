/** Parsers of Bicep, PowerShell and the shell that are not ours, run from WebAssembly. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import treeSitter, { type Node, type Parser } from "@vscode/tree-sitter-wasm";

const packaged = (language: string): string =>
  createRequire(import.meta.url).resolve(`@vscode/tree-sitter-wasm/wasm/tree-sitter-${language}.wasm`);

const RULES = {
  bicep: "test/oracle/fixtures/tree-sitter-bicep.wasm",
  powershell: packaged("powershell"),
  shell: packaged("bash"),
} as const;

/** Reads a text to the root of its tree; throws where it is no text of the language. */
export type Grammar = (text: string) => Node;

export async function loadGrammar(language: keyof typeof RULES): Promise<Grammar> {
  await treeSitter.Parser.init();
  const parser: Parser = new treeSitter.Parser();
  parser.setLanguage(await treeSitter.Language.load(readFileSync(RULES[language])));
  return (text) => {
    const root = parser.parse(text)?.rootNode;
    if (root === undefined || root.hasError) throw new Error(`this is no ${language}:\n${text}`);
    return root;
  };
}

/** A resource of a Bicep file as an ARM template has it; what is no literal stands as its text. */
export interface BicepResource {
  readonly type: string;
  readonly symbol: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The resources a Bicep file declares. */
export function resourcesIn(root: Node): BicepResource[] {
  return childrenOf(root)
    .filter(({ type }) => type === "resource_declaration")
    .map((node) => {
      const [symbol, type, body] = childrenOf(node) as [Node, Node, Node];
      return { symbol: symbol.text, type: String(literalOf(type)), body: literalOf(body) as BicepResource["body"] };
    });
}

function childrenOf(node: Node): Node[] {
  return node.namedChildren.filter((child) => child !== null);
}

function literalOf(node: Node): unknown {
  if (node.type === "number") return Number(node.text);
  if (node.type === "boolean") return node.text === "true";
  if (node.type === "array") return childrenOf(node).map(literalOf);
  if (node.type === "object") {
    const properties = childrenOf(node).map((property) => childrenOf(property) as [Node, Node]);
    return Object.fromEntries(properties.map(([key, value]) => [key.text, literalOf(value)]));
  }
  if (node.type !== "string" || childrenOf(node).some(({ type }) => type === "interpolation")) return node;
  return node.text.slice(1, -1).replace(/\\(.)/gs, "$1");
}

const EXPANDED = ["variable", "sub_expression", "simple_expansion", "expansion", "command_substitution"];

/** The names of the commands that a script runs, and what PowerShell or a shell expands in their arguments. */
export function commandsIn(root: Node): { readonly names: readonly string[]; readonly expanded: readonly string[] } {
  const found = (type: string) => root.descendantsOfType(type).flatMap((node) => (node === null ? [] : [node.text]));
  return { names: found("command_name"), expanded: EXPANDED.flatMap(found) };
}
