/** Reads the properties of one Azure resource, which stand beside its name or nested under `properties`. */
import { type JsonMember, type JsonObject, type JsonValue, jsonMember, jsonText } from "../../syntax/json.js";
import type { LineLedger } from "../../syntax/line-ledger.js";
import { lastSegment } from "./resource-path.js";
import { withoutPlace } from "./rule-meaning.js";

/** Which properties of a resource mean something, and which certainly nothing; lower case. Any other is unknown. */
export interface KnownProperties {
  readonly meant: ReadonlySet<string>;
  readonly idle: ReadonlySet<string>;
}

/** Properties of every resource that say nothing about packets; lower case. */
export const IDLE_EVERYWHERE: readonly string[] = [
  "apiversion",
  "comments",
  "dependson",
  "description",
  "etag",
  "id",
  "kind",
  "provisioningstate",
  "resourcegroup",
  "systemdata",
  "tags",
  "type",
];

/** The properties of a resource. */
export class Properties {
  private readonly members: readonly JsonMember[];

  constructor(private readonly object: JsonObject) {
    const nested = jsonMember(object, "properties");
    const outer = object.members.filter(({ key, value }) => !isNested(key, value));
    this.members = [...(nested?.kind === "object" ? nested.members : []), ...outer];
  }

  /** The last member of that name: the resource's own before one of its `properties`. */
  member(name: string): JsonMember | undefined {
    const wanted = name.toLowerCase();
    return this.members.findLast(({ key }) => key.toLowerCase() === wanted);
  }

  value(name: string): JsonValue | undefined {
    return this.member(name)?.value;
  }

  text(name: string): string | undefined {
    return jsonText(this.value(name));
  }

  /** The line of the name, else of the resource. */
  get line(): number {
    return this.member("name")?.line ?? this.object.line;
  }

  /** A whole number of up to six digits. */
  count(name: string): number | undefined {
    const text = this.text(name);
    return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
  }

  /** The texts of properties, each given alone or as a list; an expression that is not constant stays as it is. */
  texts(...names: readonly string[]): string[] {
    return names.flatMap((name) => textsOf(this.value(name)));
  }

  /** The last segment of each resource path in a list of paths or of objects with an `id`. */
  references(name: string): string[] {
    const value = this.value(name);
    const items = value?.kind === "array" ? value.items : value === undefined ? [] : [value];
    return items.map((item) => lastSegment(jsonText(jsonMember(item, "id", "name") ?? item) ?? opaque(item)));
  }

  /** The properties nobody here knows; enters what became of the line of each property. */
  account(known: KnownProperties, ledger: LineLedger, note: string): JsonMember[] {
    const unknown = this.members.filter((member) => isUnknown(member, known));
    for (const member of this.members) {
      const last = member.value.endLine;
      if (unknown.includes(member)) ledger.markRange(member.line, last, "approximated", `unknown property of ${note}`);
      else if (known.meant.has(member.key.toLowerCase())) ledger.markRange(member.line, last, "modelled", note);
    }
    return unknown;
  }
}

function isNested(key: string, value: JsonValue): boolean {
  return key.toLowerCase() === "properties" && value.kind === "object";
}

/** An unknown property that is empty cannot restrict anything. */
function isUnknown({ key, value }: JsonMember, { meant, idle }: KnownProperties): boolean {
  const lower = key.toLowerCase();
  if (meant.has(lower) || idle.has(lower)) return false;
  return value.kind === "scalar"
    ? value.value !== null && value.value !== ""
    : (value.kind === "array" ? value.items : value.members).length > 0;
}

function textsOf(value: JsonValue | undefined): string[] {
  if (value === undefined) return [];
  return value.kind === "array" ? value.items.flatMap(flatTexts) : flatTexts(value);
}

/** Reads as an expression whose value nobody knows. */
function opaque(value: JsonValue): string {
  return `[structure ${JSON.stringify(value, withoutPlace)}]`;
}

/** Structures nobody expects become a text that stays unresolved. */
function flatTexts(value: JsonValue): string[] {
  if (value.kind === "array")
    return value.items.flatMap((item) => (item.kind === "scalar" ? flatTexts(item) : [opaque(item)]));
  const text = value.kind === "scalar" ? (jsonText(value) ?? "").trim() : opaque(value);
  return text === "" ? [] : [text];
}
