import type { Device } from "../../../src/model/device.js";
import type { Diagnostic } from "../../../src/model/diagnostic.js";
import type { Conversion } from "../../../src/model/vendor.js";
import { nftables } from "../../../src/vendors/nftables/index.js";
import { fixture as read } from "../fixtures.js";

/** Text of a fixture beside these tests. */
export function fixture(name: string): string {
  return read("nftables", name).text;
}

/** What the named texts, as files of one device, convert to. */
export function convertTexts(
  texts: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, string>> = {},
): Conversion & { diagnostics: Diagnostic[] } {
  const parsed = Object.entries(texts).map(([file, text]) => nftables.parse(text, file));
  const { value, diagnostics } = nftables.convert(
    parsed.map((each) => each.value),
    { deviceName: "gateway", facts: new Map(Object.entries(facts)) },
  );
  return { ...value, diagnostics: [...parsed.flatMap((each) => each.diagnostics), ...diagnostics] };
}

/** The device that the rules of one input chain make, with policy drop and two chains `a` and `b` to jump to. */
export function inputDevice(rules: readonly string[], before: readonly string[] = []): Device {
  const text = [
    "table inet t {",
    ...before,
    "chain a { accept; }",
    "chain b { return; }",
    "chain input { type filter hook input priority 0; policy drop;",
    ...rules,
    "}",
    "}",
    "",
  ];
  return convertTexts({ "rules.nft": text.join("\n") }).devices[0]!;
}
