/** Turns the YAML library's nodes into values with places. */

import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from "yaml";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import { problem } from "./problem.js";
import { Anchors, MAX_REPEATED_VALUES } from "./yaml-anchors.js";
import type { YamlEntry, YamlValue } from "./yaml-value.js";

/** The value of a document's root node; undefined iff its aliases repeat too much. `at` gives the place of an offset. */
export function convertYaml(root: Node, at: (offset: number) => SourceRef): Parsed<YamlValue | undefined> {
  const diagnostics: Diagnostic[] = [];
  const anchors = new Anchors();

  const place = (node: Node): SourceRef => at(node.range?.[0] ?? 0);
  const report = (code: string, where: SourceRef, message: string, help?: string): void => {
    diagnostics.push(problem("error", code, where, message, help));
  };

  const convert = (node: Node): YamlValue => {
    const before = anchors.size;
    anchors.count();
    const value = convertPlain(node);
    if ("anchor" in node && node.anchor !== undefined) anchors.mark(node.anchor, value, before);
    return value;
  };

  const convertPlain = (node: Node): YamlValue => {
    if (isAlias(node)) return repeatAnchor(node.source, place(node));
    if (isSeq<Node>(node)) return { kind: "sequence", items: node.items.map(convert), at: place(node) };
    if (isMap<Node, Node | null>(node)) return { kind: "mapping", entries: convertPairs(node.items), at: place(node) };
    return convertScalar(isScalar(node) ? node.value : null, place(node));
  };

  const repeatAnchor = (name: string, where: SourceRef): YamlValue => {
    const value = anchors.repeat(name);
    if (value === undefined) report("yaml/unknown-alias", where, `nothing above is marked \`&${name}\``);
    return value ?? convertScalar(null, where);
  };

  const convertScalar = (value: unknown, where: SourceRef): YamlValue => {
    if (typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) {
      return { kind: "scalar", value: value as string | number | boolean, at: where };
    }
    if (value !== null) report("yaml/not-a-number", where, "this number is not finite");
    return { kind: "scalar", value: null, at: where };
  };

  const convertPairs = (pairs: readonly Pair<Node, Node | null>[]): ReadonlyMap<string, YamlEntry> => {
    const entries = new Map<string, YamlEntry>();
    for (const { key, value } of pairs) {
      const keyAt = place(key);
      const name = isScalar(key) ? key.value : undefined;
      const known = typeof name === "string" ? entries.get(name) : undefined;
      if (typeof name !== "string") {
        report("yaml/key-not-text", keyAt, "this key is not text", "put it in quotes");
      } else if (known !== undefined) {
        report(
          "yaml/repeated-key",
          keyAt,
          `\`${name}\` stands here a second time`,
          `first on line ${known.keyAt.line}`,
        );
      } else {
        entries.set(name, { key: name, keyAt, value: isLeftOut(value) ? convertScalar(null, keyAt) : convert(value) });
      }
    }
    return entries;
  };

  const value = convert(root);
  if (!anchors.repeatTooMuch) return { value, diagnostics };
  const message = `the aliases of this file repeat more than ${MAX_REPEATED_VALUES} values`;
  report("yaml/alias-bomb", value.at, message, "write the values out, or use fewer aliases");
  return { value: undefined, diagnostics };
}

function isLeftOut(value: Node | null): value is null {
  return value === null || (isScalar(value) && value.value === null && value.source === "");
}
