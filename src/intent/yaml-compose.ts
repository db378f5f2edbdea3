/** Turns the YAML library's events into values with places. */
import {
  type AliasEvent,
  boolCoreTag,
  EVENT_ID,
  type Event,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  type MappingEvent,
  NOT_RESOLVED,
  nullCoreTag,
  SCALAR_STYLE,
  type ScalarEvent,
  type SequenceEvent,
} from "js-yaml";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import { LinePlaces } from "./line-places.js";
import { problem } from "./problem.js";
import { Anchors, MAX_REPEATED_VALUES } from "./yaml-anchors.js";
import type { YamlEntry, YamlMapping, YamlScalar, YamlSequence, YamlValue } from "./yaml-value.js";

/** The value of the one document of a text; undefined iff there is none, or something keeps it from being read as a whole. */
export function composeYaml(events: readonly Event[], text: string, file: string): Parsed<YamlValue | undefined> {
  const composer = new YamlComposer(events, text, file);
  const value = composer.document();
  return { value, diagnostics: composer.diagnostics };
}

/** A node of the document, which any event opens but those of documents and of ends. */
type NodeEvent = ScalarEvent | SequenceEvent | MappingEvent | AliasEvent;

/** Where an event has no range. */
const ABSENT = -1;

const BLOCK_SIGN = /[|>](?=[-+\d]*\s*(?:\s#.*)?$)/m;

class YamlComposer {
  readonly diagnostics: Diagnostic[] = [];
  readonly #anchors = new Anchors();
  readonly #places: LinePlaces;
  #next = 0;

  constructor(
    readonly events: readonly Event[],
    readonly text: string,
    file: string,
  ) {
    this.#places = new LinePlaces(text, file);
  }

  document(): YamlValue | undefined {
    const start = this.#places.at(0);
    this.#next = 1;
    const root = this.#nodeEvent();
    if (root === undefined || isLeftOut(root)) return this.#refuse("yaml/empty", start, "the file says nothing");
    const value = this.#value(root, start);
    if (this.#anchors.repeatTooMuch) {
      const message = `the aliases of this file repeat more than ${MAX_REPEATED_VALUES} values`;
      return this.#refuse("yaml/alias-bomb", value.at, message, "write the values out, or use fewer aliases");
    }
    if (this.events.some((event, index) => index > 0 && event.type === EVENT_ID.DOCUMENT)) {
      const offset = /^---|(?<=^\.\.\..*\n)^/m.exec(this.text.slice(this.#lastOffset()))?.index ?? 0;
      const place = this.#places.at(this.#lastOffset() + offset);
      return this.#refuse("yaml/several-documents", place, "a second document starts here", "keep one in each file");
    }
    return this.diagnostics.some(({ code }) => code === "yaml/syntax") ? undefined : value;
  }

  #refuse(code: string, at: SourceRef, message: string, help?: string): undefined {
    this.#report(code, at, message, help);
  }

  #report(code: string, at: SourceRef, message: string, help?: string): void {
    this.diagnostics.push(problem("error", code, at, message, help));
  }

  /** Where the part that was read ends at the earliest. */
  #lastOffset(): number {
    const scalar = this.events.slice(0, this.#next).findLast(({ type }) => type === EVENT_ID.SCALAR);
    return Math.max(0, (scalar as ScalarEvent | undefined)?.valueEnd ?? 0);
  }

  /** The event that opens the next node; undefined: the collection ends here. */
  #nodeEvent(): NodeEvent | undefined {
    const event = this.events[this.#next++];
    return event === undefined || event.type === EVENT_ID.POP || event.type === EVENT_ID.DOCUMENT ? undefined : event;
  }

  /** `otherwise`: the place of a value that is left out. */
  #value(event: NodeEvent, otherwise: SourceRef): YamlValue {
    const before = this.#anchors.size;
    this.#anchors.count();
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    const value = this.#plain(event, otherwise);
    if (event.anchorStart !== ABSENT) this.#anchors.mark(this.#nameOf(event), value, before);
    if (event.tagStart !== ABSENT) {
      const place = this.#places.at(event.tagStart);
      this.#report("yaml/syntax", place, "tags are not read here", "leave the `!` word out");
    }
    return value;
  }

  #plain(event: ScalarEvent | SequenceEvent | MappingEvent, otherwise: SourceRef): YamlValue {
    if (event.type === EVENT_ID.SEQUENCE) return this.#sequence(event);
    return event.type === EVENT_ID.MAPPING ? this.#mapping(event) : this.#scalar(event, otherwise);
  }

  #nameOf({ anchorStart, anchorEnd }: { readonly anchorStart: number; readonly anchorEnd: number }): string {
    return this.text.slice(anchorStart, anchorEnd);
  }

  #alias(event: AliasEvent): YamlValue {
    const at = this.#places.at(event.anchorStart - 1);
    const name = this.#nameOf(event);
    const value = this.#anchors.repeat(name);
    if (value === undefined) this.#report("yaml/unknown-alias", at, `nothing above is marked \`&${name}\``);
    return value ?? { kind: "scalar", value: null, at };
  }

  #sequence({ start }: SequenceEvent): YamlSequence {
    const at = this.#places.at(start);
    const items: YamlValue[] = [];
    for (let event = this.#nodeEvent(); event !== undefined; event = this.#nodeEvent())
      items.push(this.#value(event, at));
    return { kind: "sequence", items, at };
  }

  #mapping({ start }: MappingEvent): YamlMapping {
    const at = this.#places.at(start);
    const entries = new Map<string, YamlEntry>();
    for (let event = this.#nodeEvent(); event !== undefined; event = this.#nodeEvent()) {
      const key = this.#value(event, at);
      const value = this.#value(this.#nodeEvent() as NodeEvent, key.at);
      const known = key.kind === "scalar" && typeof key.value === "string" ? entries.get(key.value) : undefined;
      if (key.kind !== "scalar" || typeof key.value !== "string") {
        this.#report("yaml/key-not-text", key.at, "this key is not text", "put it in quotes");
      } else if (known !== undefined) {
        const message = `\`${key.value}\` stands here a second time`;
        this.#report("yaml/repeated-key", key.at, message, `first on line ${known.keyAt.line}`);
      } else entries.set(key.value, { key: key.value, keyAt: key.at, value });
    }
    return { kind: "mapping", entries, at };
  }

  #scalar(event: ScalarEvent, otherwise: SourceRef): YamlScalar {
    if (isLeftOut(event)) return { kind: "scalar", value: null, at: otherwise };
    const at = this.#places.at(this.#startOf(event));
    const text = getScalarValue(this.text, event);
    const value = event.style === SCALAR_STYLE.PLAIN ? meaningOf(text) : text;
    if (typeof value !== "number" || Number.isFinite(value)) return { kind: "scalar", value, at };
    this.#report("yaml/not-a-number", at, "this number is not finite");
    return { kind: "scalar", value: null, at };
  }

  /** The offset of a text with its quotes, or of the sign at the end of the line before its lines. */
  #startOf({ style, valueStart }: ScalarEvent): number {
    if (style === SCALAR_STYLE.PLAIN) return valueStart;
    if (style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED) return valueStart - 1;
    const lineStart = this.text.lastIndexOf("\n", valueStart - 2) + 1;
    return lineStart + this.text.slice(lineStart, valueStart).search(BLOCK_SIGN);
  }
}

function isLeftOut(event: NodeEvent): boolean {
  return event.type === EVENT_ID.SCALAR && event.valueStart === ABSENT;
}

const MEANINGS = [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag] as const;

/** What words without quotes mean in YAML's core schema. */
function meaningOf(words: string): YamlScalar["value"] {
  for (const tag of MEANINGS) {
    const value = tag.resolve(words, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value as YamlScalar["value"];
  }
  return words;
}
