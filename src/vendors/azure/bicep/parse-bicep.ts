/** Bicep to the ARM template it stands for, as far as rules and addresses need it; modules stay unread. */
import type { JsonDocument, JsonMember, JsonObject, JsonValue } from "../../../syntax/json.js";
import { armLiteral, armText, expressionValue } from "../language/arm-text.js";
import { ExpressionParser, type Loop, loopMember, type Names } from "../language/expressions.js";
import { type Language, parsed, type Token, tokenize } from "../language/tokenize.js";
import { assembleResources, type Declared } from "./resources.js";

const BICEP: Language = {
  blank: /(?:[ \t\r]+|\/\/[^\n]*)/y,
  name: /[A-Za-z_]\w*/y,
  quote: "'",
  longText: /'''/y,
  endOfLongText: () => /'''/,
  escapes: { n: "\n", r: "\r", t: "\t", "'": "'", "\\": "\\", $: "$" },
};

/** True iff the text has statements of Bicep about resources, or gives parameters to a text that has. */
export function looksLikeBicep(text: string): boolean {
  return /^\s*(?:resource|module)\s+\w+\s+'[^'\n]+'(?:\s+existing)?\s*=|^\s*using\s+'[^'\n]+\.bicep'/m.test(text);
}

/** The template (or the parameter file), or the first error in the text. */
export function parseBicep(text: string): JsonDocument {
  return parsed(() => new BicepParser(tokenize(text, BICEP)).document());
}

class SymbolTable implements Names {
  readonly kinds = new Map<string, "parameters" | "variables">();
  readonly resources = new Map<string, Declared>();

  text(name: string): string {
    const kind = this.kinds.get(name);
    return kind === undefined ? `reference(${armLiteral(name)})` : `${kind}(${armLiteral(name)})`;
  }

  property(name: string, property: string): string | undefined {
    const declared = this.resources.get(name);
    if (declared?.name === undefined || this.kinds.has(name)) return undefined;
    if (property === "name") return declared.name;
    return property === "id" ? `resourceId(${armLiteral(declared.type)}, ${declared.name})` : undefined;
  }
}

class BicepParser extends ExpressionParser {
  private readonly symbols: SymbolTable;
  private readonly parameters: JsonMember[] = [];
  private readonly variables: JsonMember[] = [];
  private readonly modules: JsonValue[] = [];
  private isParameterFile = false;

  constructor(tokens: readonly Token[]) {
    const symbols = new SymbolTable();
    super(tokens, symbols);
    this.symbols = symbols;
  }

  document(): JsonValue {
    this.statements();
    // A statement may use what later ones declare, so that the text is read again with all names known.
    for (const list of [this.parameters, this.variables, this.modules]) list.length = 0;
    this.statements();
    const lines = { line: 1, endLine: this.token.line };
    const object = (members: readonly JsonMember[]): JsonObject => ({ kind: "object", members, ...lines });
    const schema = stated("$schema", `bicep/deployment${this.isParameterFile ? "Parameters" : "Template"}.json`, 1);
    const items = [...assembleResources(this.symbols.resources), ...this.modules];
    return object([
      schema,
      { key: "parameters", line: 1, value: object(this.parameters) },
      { key: "variables", line: 1, value: object(this.variables) },
      { key: "resources", line: 1, value: { kind: "array", items, ...lines } },
    ]);
  }

  private statements(): void {
    this.at = 0;
    for (this.skipLines(); this.token.kind !== "end"; this.skipLines()) this.statement();
  }

  private statement(): void {
    if (this.take("@")) return void this.expression();
    const { line } = this.token;
    const keyword = this.expectName();
    if (keyword === "param") this.parameter(line);
    else if (keyword === "var") this.variable(line);
    else if (keyword === "resource") this.resource("");
    else if (keyword === "module") this.module(line);
    else this.skipStatement();
    if (keyword === "using") this.isParameterFile = true;
    if (this.token.kind !== "line-end" && this.token.kind !== "end") this.fail("expected a new line");
  }

  /** Up to the line end outside of all brackets, or to a sign there. */
  private skipStatement(until?: string): void {
    for (let open = 0; this.token.kind !== "end"; this.at++) {
      if (this.is("{", "(", "[")) open++;
      if (this.is("}", ")", "]")) open--;
      if (open === 0 && until !== undefined && this.is(until)) return;
      if (open === 0 && this.token.kind === "line-end" && !this.isContinued()) return;
    }
  }

  /** True iff an expression goes on over the line end: a statement begins with a name or `@`, and ends with no operator. */
  private isContinued(): boolean {
    const before = this.tokens[this.at - 1];
    const after = this.tokens.slice(this.at).find(({ kind }) => kind !== "line-end");
    const goesOn = before?.kind === "sign" && !["}", ")", "]", "?", "!"].includes(before.text);
    return goesOn || after?.kind === "text" || (after?.kind === "sign" && after.text !== "@");
  }

  private parameter(line: number): void {
    const name = this.expectName();
    this.symbols.kinds.set(name, "parameters");
    this.skipStatement("=");
    if (!this.take("=")) return;
    this.skipLines();
    const value = this.expression();
    const members: JsonMember[] = [{ key: this.isParameterFile ? "value" : "defaultValue", line, value }];
    this.parameters.push({ key: name, line, value: { kind: "object", members, line, endLine: value.endLine } });
  }

  private variable(line: number): void {
    const name = this.expectName();
    this.symbols.kinds.set(name, "variables");
    this.skipStatement("=");
    this.expect("=");
    this.skipLines();
    const value = this.expression();
    const loop = this.loopFor(value);
    this.variables.push(loop === undefined ? { key: name, line, value } : loopMember(name, line, loop));
  }

  /** `owner` is the type of the resource this one is written in. */
  private resource(owner: string): JsonObject {
    const symbol = this.expectName();
    const own = this.typeName();
    const type = owner === "" ? own : `${owner}/${own}`;
    const isExisting = this.isName("existing");
    if (isExisting) this.at++;
    this.expect("=");
    this.skipLines();
    const condition = this.condition();
    const value = this.inType(type, () => this.expression());
    const loop = this.loopFor(value);
    const body = loop?.body ?? value;
    if (body.kind !== "object") this.fail("expected the properties of a resource");
    const { line } = body;
    const existing = isExisting ? [stated("existing", true, line)] : [];
    const added = [stated("type", own, line), ...existing, ...doubtsOf(loop, condition, line)];
    const name = body.members.find(({ key }) => key === "name")?.value;
    const known = owner === "" && loop === undefined && name !== undefined ? armText(name) : undefined;
    const whole = { ...body, members: [...body.members, ...added] };
    if (owner === "") this.symbols.resources.set(symbol, { type, isExisting, name: known, value: whole });
    return whole;
  }

  private ownerType = "";

  private inType<T>(type: string, read: () => T): T {
    const outer = this.ownerType;
    this.ownerType = type;
    const value = read();
    this.ownerType = outer;
    return value;
  }

  /** Besides properties, resources may hold resources. */
  protected override member(): JsonMember[] {
    if (!this.isName("resource") || this.tokens[this.at + 1]?.kind !== "name") return super.member();
    const { line } = this.token;
    this.at++;
    return [{ key: "resources", line, value: this.resource(this.ownerType) }];
  }

  private typeName(): string {
    if (this.token.kind !== "text") this.fail("expected the type of a resource");
    return (this.tokens[this.at++]?.text ?? "").replace(/@.*$/, "");
  }

  /** What a module is given is what its own text makes of it; it is kept as something that may be. */
  private module(line: number): void {
    this.expectName();
    if (this.token.kind !== "text") this.fail("expected the file of a module");
    this.at++;
    this.expect("=");
    this.skipLines();
    this.condition();
    const value = this.expression();
    const body = this.loopFor(value)?.body ?? value;
    const given = body.kind === "object" ? body.members.find(({ key }) => key === "params") : undefined;
    const doubt = stated("condition", "[what the module makes of it]", line);
    const params = given?.value.kind === "object" ? [withMember(given, given.value, doubt)] : [];
    const members = [stated("type", "Microsoft.Resources/deployments", line), ...params];
    this.modules.push({ kind: "object", members, line, endLine: this.endLine });
  }
}

function withMember(member: JsonMember, value: JsonObject, added: JsonMember): JsonMember {
  return { ...member, value: { ...value, members: [...value.members, added] } };
}

function stated(key: string, value: string | boolean, line: number): JsonMember {
  return { key, line, value: { kind: "scalar", value, line, endLine: line } };
}

function doubtsOf(loop: Loop | undefined, condition: string | undefined, line: number): JsonMember[] {
  const own = loop?.condition ?? condition;
  const members: JsonMember[] =
    own === undefined ? [] : [{ key: "condition", line, value: expressionValue(own, line) }];
  if (loop === undefined) return members;
  const copy: JsonMember[] = [
    stated("name", loop.id, loop.line),
    { key: "count", line: loop.line, value: expressionValue(loop.count, loop.line) },
  ];
  const value: JsonValue = { kind: "object", members: copy, line: loop.line, endLine: loop.line };
  return [...members, { key: "copy", line: loop.line, value }];
}
