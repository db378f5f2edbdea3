import type { Device } from "../../../src/model/device.js";
import type { Diagnostic } from "../../../src/model/diagnostic.js";
import type { Conversion } from "../../../src/model/vendor.js";
import { iptables } from "../../../src/vendors/iptables/index.js";
import { fixture as read } from "../fixtures.js";

/** Text of a fixture beside these tests. */
export function fixture(name: string): string {
  return read("iptables", name).text;
}

/** What the named texts, as files of one device, convert to. */
export function convertTexts(
  texts: Readonly<Record<string, string>>,
  facts: Readonly<Record<string, string>> = {},
): Conversion & { diagnostics: Diagnostic[] } {
  const parsed = Object.entries(texts).map(([file, text]) => iptables.parse(text, file));
  const { value, diagnostics } = iptables.convert(
    parsed.map((each) => each.value),
    { deviceName: "edge", facts: new Map(Object.entries(facts)) },
  );
  return { ...value, diagnostics: [...parsed.flatMap((each) => each.diagnostics), ...diagnostics] };
}

/** The device the rules of one filter table make, with policy DROP and two user chains `a` and `b`. */
export function filterDevice(rules: readonly string[], others: Readonly<Record<string, string>> = {}): Device {
  const text = ["*filter", ":INPUT DROP", ":FORWARD DROP", ":OUTPUT DROP", ":a -", ":b -", ...rules, "COMMIT", ""];
  return convertTexts({ "rules.v4": text.join("\n"), ...others }).devices[0]!;
}
