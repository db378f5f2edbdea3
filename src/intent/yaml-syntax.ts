/** Reads the syntax of a YAML file. Of long lists it keeps nodes in place of tokens, which take several times the memory. */

import { Composer, type CST, type Document, isSeq, Lexer, type Node, Parser } from "yaml";

/** What a file holds, as the YAML library's nodes. */
export interface YamlSyntax {
  readonly documents: readonly Document.Parsed[];
  /** Items of long lists that stand before those in the list's own node, by the offset of the list. */
  readonly earlier: ReadonlyMap<number, readonly Node[]>;
}

/** The offset of something that is nested too deeply. */
interface TooDeep {
  readonly tooDeep: number;
}

/** Levels of nesting that the recursion of all later steps stands. */
export const MAX_DEPTH = 64;

/** The syntax of the text, with its mistakes in the documents; `onLine` is told where lines start. */
export function readSyntax(text: string, onLine: (offset: number) => void): YamlSyntax | TooDeep {
  const lists = new LongLists();
  const syntax = readWith(lists, text, onLine);
  if ("tooDeep" in syntax) return syntax;
  const isClean = syntax.documents.length === 1 && [...syntax.documents, ...lists.pieces].every(isFaultless);
  // Of parts alone the library tells some mistakes at other places.
  return isClean ? syntax : readWith(new LongLists().stop(), text, () => {});
}

function isFaultless({ errors, warnings }: Document.Parsed): boolean {
  return errors.length === 0 && warnings.length === 0;
}

function readWith(lists: LongLists, text: string, onLine: (offset: number) => void): YamlSyntax | TooDeep {
  const parser = new Parser(onLine);
  const tokens: CST.Token[] = [];
  onLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      // It is about every node, and the pieces would not know of it.
      if (token.type === "directive") lists.stop();
    }
    lists.shorten(parser.stack);
  }
  tokens.push(...parser.end());
  const tooDeep = findTooDeep(tokens, MAX_DEPTH);
  return tooDeep === undefined ? { documents: compose(tokens), earlier: lists.earlier } : { tooDeep };
}

// Repeated keys are found in convertYaml: the library compares every two keys of a mapping.
function compose(tokens: readonly CST.Token[]): Document.Parsed[] {
  return [...new Composer({ uniqueKeys: false }).compose(tokens)];
}

/** Items of a list that are composed at once. */
const PIECE = 100;
/** Items at the end of a list to which the parser may still add. */
const UNFINISHED = 2;

/** Composes what is finished of long lists while the rest is still read. */
class LongLists {
  readonly earlier = new Map<number, Node[]>();
  readonly pieces: Document.Parsed[] = [];
  #isStopped = false;

  stop(): this {
    this.#isStopped = true;
    return this;
  }

  /** Takes finished items out of the list that ends the stack. */
  shorten(stack: readonly CST.Token[]): void {
    const list = stack.at(-1);
    if (list?.type !== "block-seq" || list.items.length < PIECE + UNFINISHED || this.#isStopped) return;
    const piece = { ...list, items: list.items.slice(0, PIECE) };
    if (findTooDeep([piece], MAX_DEPTH - stack.indexOf(list)) !== undefined) {
      this.stop();
      return;
    }
    list.items.splice(0, PIECE);
    const composed = compose([{ type: "document", offset: piece.offset, start: [], value: piece }]);
    this.pieces.push(...composed);
    const known = this.earlier.get(list.offset) ?? [];
    this.earlier.set(list.offset, known);
    for (const { contents } of composed) if (isSeq<Node>(contents)) known.push(...contents.items);
  }
}

/** What the syntax tokens of the YAML library have in common where they nest. */
interface SyntaxToken {
  readonly offset: number;
  readonly value?: SyntaxToken | null | undefined;
  readonly key?: SyntaxToken | null | undefined;
  readonly items?: readonly { readonly key?: SyntaxToken | null; readonly value?: SyntaxToken }[];
}

function addChildren(below: SyntaxToken[], { key, value }: Pick<SyntaxToken, "key" | "value">): void {
  if (key != null) below.push(key);
  if (value != null) below.push(value);
}

/** Offset of a token nested too deeply, where the given ones stand at level 0; walks without recursion itself. */
function findTooDeep(tokens: readonly object[], maxDepth: number): number | undefined {
  let level = tokens as readonly SyntaxToken[];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxDepth) return level[0]?.offset;
    const below: SyntaxToken[] = [];
    for (const token of level) {
      addChildren(below, token);
      for (const item of token.items ?? []) addChildren(below, item);
    }
    level = below;
  }
  return undefined;
}
