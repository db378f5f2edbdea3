/** Terraform text to its blocks; expressions in them are ARM's words already. */
import type { JsonMember, JsonValue } from "../../../syntax/json.js";
import { armLiteral, armText } from "../language/arm-text.js";
import { ExpressionParser, type Names } from "../language/expressions.js";
import { type Language, type Token, tokenize } from "../language/tokenize.js";

export interface Block {
  readonly type: string;
  readonly labels: readonly string[];
  readonly attributes: readonly JsonMember[];
  readonly blocks: readonly Block[];
  /** How often the block is there, where it does not simply stand once. */
  readonly repeated: Repetition | undefined;
  readonly line: number;
  readonly endLine: number;
}

/** `count` or `for_each`: name of the loop, and text of how often it runs. */
export interface Repetition {
  readonly id: string;
  readonly count: string;
}

// Names may hold dashes, so that a difference needs blanks around its sign.
const TERRAFORM: Language = {
  blank: /(?:[ \t\r]+|\/\/[^\n]*|#[^\n]*)/y,
  name: /[A-Za-z_][\w-]*/y,
  quote: '"',
  longText: /<<[-~]?[A-Za-z_]\w*(?=\r?\n)/y,
  endOfLongText: (beginning) => new RegExp(`\\n[ \\t]*${beginning.replace(/^<<[-~]?/, "")}(?![^\\r\\n])`),
  escapes: { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\" },
};

/** Throws a `SyntaxProblem` at the first thing that is no Terraform. */
export function parseBlocks(text: string): Block[] {
  return new BlockParser(tokenize(text, TERRAFORM), new Iterators()).file();
}

/** The attributes of a text that holds nothing else; throws as above. */
export function parseAttributes(text: string): JsonMember[] {
  return new BlockParser(tokenize(text, TERRAFORM), new Iterators()).onlyAttributes();
}

/** Functions that do the same in templates; others of the same name take their values in another order or give more. */
const SHARED_FUNCTIONS = new Set(["concat", "contains", "length"]);

/** `var.x`, `local.x`, `each.value`, names of resources; all else is known only while it is deployed. */
class Iterators implements Names {
  readonly stack: { readonly name: string; readonly item: string; readonly index: string }[] = [];

  text(name: string): string {
    return `reference(${armLiteral(name)})`;
  }

  called(name: string): string {
    return SHARED_FUNCTIONS.has(name) ? name : `terraform_${name}`;
  }

  property(name: string, property: string): string | undefined {
    if (name === "var") return `parameters(${armLiteral(property)})`;
    if (name === "local") return `variables(${armLiteral(property)})`;
    if (name.startsWith("azurerm_")) return `variables(${armLiteral(`${name}.${property}`)})`;
    const iterator = this.stack.findLast((each) => each.name === name);
    if (property === "value") return iterator?.item;
    return property === "index" ? iterator?.index : undefined;
  }
}

class BlockParser extends ExpressionParser {
  constructor(
    tokens: readonly Token[],
    private readonly iterators: Iterators,
  ) {
    super(tokens, iterators);
  }

  file(): Block[] {
    const { blocks, attributes } = this.body();
    if (this.token.kind !== "end") this.fail("expected a block");
    if (attributes[0] !== undefined) this.fail("an attribute outside of a block");
    return blocks;
  }

  onlyAttributes(): JsonMember[] {
    const { blocks, attributes } = this.body();
    if (this.token.kind !== "end" || blocks.length > 0) this.fail("expected values of variables alone");
    return attributes;
  }

  private body(): { readonly attributes: JsonMember[]; readonly blocks: Block[] } {
    const attributes: JsonMember[] = [];
    const blocks: Block[] = [];
    for (this.skipLines(); this.token.kind !== "end" && !this.is("}"); this.skipLines()) {
      const { line } = this.token;
      const name = this.expectName();
      if (this.take("=")) attributes.push({ key: name, line, value: this.afterLines() });
      else blocks.push(this.deeper(() => this.block(name, line)));
      if (this.token.kind === "name" || this.token.kind === "text") this.fail("expected a new line");
    }
    return { attributes, blocks };
  }

  private afterLines(): JsonValue {
    this.skipLines();
    return this.expression();
  }

  private block(type: string, line: number): Block {
    const labels: string[] = [];
    for (; this.token.kind === "text" || this.token.kind === "name"; this.at++) labels.push(this.token.text);
    this.expect("{");
    const repeated = this.repetition(type, labels, line);
    const { attributes, blocks } = this.body();
    this.expect("}");
    if (repeated !== undefined) this.iterators.stack.pop();
    return { type, labels, attributes, blocks, repeated, line, endLine: this.endLine };
  }

  /** Looks ahead: what the block is repeated over has to be known while its inside is read. */
  private repetition(type: string, labels: readonly string[], line: number): Repetition | undefined {
    const [count, each] = [this.ahead("count"), this.ahead("for_each")];
    if (count === undefined && each === undefined) return undefined;
    const id = `repeated ${line}`;
    const index = `copyIndex(${armLiteral(id)})`;
    const iterator = type === "dynamic" ? (this.ahead("iterator") ?? `reference(${armLiteral(labels[0] ?? "")})`) : "";
    const name =
      type === "dynamic" ? (/^reference\('(.*)'\)$/.exec(iterator)?.[1] ?? "") : count === undefined ? "each" : "count";
    this.iterators.stack.push({ name, item: `${each ?? "null()"}[${index}]`, index });
    return { id, count: count ?? `length(${each})` };
  }

  /** Text of the value of an attribute of this block. */
  private ahead(name: string): string | undefined {
    const start = this.at;
    let text: string | undefined;
    for (let open = 0; this.token.kind !== "end" && (open > 0 || !this.is("}")); this.at++) {
      if (this.is("{", "(", "[")) open++;
      else if (this.is("}", ")", "]")) open--;
      else if (open === 0 && this.isName(name) && this.tokens[this.at + 1]?.text === "=") {
        this.at += 2;
        text = armText(this.expression());
        break;
      }
    }
    this.at = start;
    return text;
  }

  /** `[for item in list : value]`: unlike those of Bicep, with conditions and two names, and for objects too. */
  protected override loop(line: number): JsonValue {
    return this.comprehension(line, "]");
  }

  /** Keys are names, texts or expressions; `=` or `:` follows. */
  protected override member(): JsonMember[] {
    const { line, kind, text, parts } = this.token;
    const isPlain = (kind === "name" || kind === "text") && parts === undefined;
    const key = isPlain ? text : armText(this.expression());
    if (isPlain) this.at++;
    if (!this.take("=", ":")) this.fail("expected `=`");
    return [{ key, line, value: this.afterLines() }];
  }
}
