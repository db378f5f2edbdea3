/** Reads YAML with another library, which is the judge of ours. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from "yaml";
import type { YamlEntry, YamlValue } from "../../src/intent/yaml-value.js";

/** The document as `parseYaml` has to read it; undefined iff the judge takes it for no YAML, or it is beyond our files. */
export function judgeYaml(text: string, file: string): YamlValue | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const isForeign = document.errors.length + document.warnings.length > 0 || document.contents === null;
  if (isForeign) return undefined;
  const anchors = new Map<string, YamlValue>();
  const place = (node: Node) => {
    const { line, col } = lines.linePos(node.range?.[0] ?? 0);
    return { file, line, column: col };
  };

  const convert = (node: Node): YamlValue => {
    if (node.tag !== undefined) throw new Beyond();
    const value = convertPlain(node);
    if ("anchor" in node && node.anchor !== undefined) anchors.set(node.anchor, value);
    return value;
  };
  const convertPlain = (node: Node): YamlValue => {
    if (isAlias(node)) return anchors.get(node.source) ?? beyond();
    if (isSeq<Node>(node)) {
      const at = place(node);
      const convertItem = (item: Node): YamlValue =>
        isLeftOut(item) ? { kind: "scalar", value: null, at } : convert(item);
      return { kind: "sequence", items: node.items.map(convertItem), at };
    }
    if (isMap<Node, Node | null>(node)) return { kind: "mapping", entries: convertPairs(node.items), at: place(node) };
    const value = isScalar(node) ? node.value : null;
    const isPlain = value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);
    return isPlain ? { kind: "scalar", value: value as string | number | boolean | null, at: place(node) } : beyond();
  };
  const convertPairs = (pairs: readonly Pair<Node, Node | null>[]): ReadonlyMap<string, YamlEntry> =>
    new Map(
      pairs.map(({ key, value }): [string, YamlEntry] => {
        // Where a mapping with a marked key starts is a matter of taste.
        const name = isScalar(key) && typeof key.value === "string" && key.anchor === undefined ? key.value : beyond();
        const keyAt = place(key);
        const own = isLeftOut(value) ? ({ kind: "scalar", value: null, at: keyAt } as const) : convert(value);
        return [name, { key: name, keyAt, value: own }];
      }),
    );

  try {
    return convert(document.contents as Node);
  } catch (error) {
    if (error instanceof Beyond) return undefined;
    throw error;
  }
}

function isLeftOut(value: Node | null): value is null {
  return value === null || (isScalar(value) && value.value === null && value.source === "");
}

class Beyond extends Error {}

function beyond(): never {
  throw new Beyond();
}
