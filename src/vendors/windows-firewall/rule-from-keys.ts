/** The keys of the registry and group policy form (`Action`, `LPort2_10`, `RA4`…) to a rule. */
import { ruleFromFields } from "./rule-from-fields.js";
import type { Field, WindowsRule } from "./types.js";

// [MS-GPFAS] 2.2.2.19 (2024-04-23): repeated keys are alternatives, an absent Profile means every profile, an absent
// Protocol means any, an absent Active means false. LA4/RA4 and LA6/RA6 are the two families of one list.
const FIELDS = new Map<string, Field>(
  Object.entries({
    action: "action",
    active: "enabled",
    dir: "direction",
    profile: "profiles",
    protocol: "protocol",
    lport: "local-port",
    rport: "remote-port",
    la4: "local-address",
    la6: "local-address",
    ra4: "remote-address",
    ra6: "remote-address",
    icmp4: "icmp",
    icmp6: "icmp",
    app: "program",
    svc: "service",
    iftype: "interface-type",
    security: "security",
    security2: "security",
    security2_9: "security",
  }),
);

/** The key without the version that its words came with: `LPort2_10` lists words beside the numbers of `LPort`. */
function withoutVersion(key: string): string {
  return key.toLowerCase().replace(/^([lr]port)\d+_\d+$|^([lr]a[46])\d+$/, "$1$2");
}

/** Keys that say nothing about packets. */
const IDLE = new Set(["name", "desc", "embedctxt", "edge", "defer", "lsm", "platform", "platform2", "skipver"]);

/** A rule and whether anything in it is not modelled. */
export interface KeyedRule {
  readonly rule: WindowsRule;
  readonly isPartial: boolean;
}

/** The rule that pairs of key and value say; `conditions`: what its place says about it. */
export function ruleFromKeys(
  pairs: readonly (readonly [string, string])[],
  line: number,
  conditions: readonly string[],
): KeyedRule {
  const values = new Map<Field, string[]>([["enabled", ["FALSE"]]]);
  const open = new Set(conditions);
  let name = "";
  for (const [key, value] of pairs) {
    const lower = key.toLowerCase();
    const field = FIELDS.get(withoutVersion(key));
    if (lower === "name") name = value;
    if (lower === "platform" || lower === "platform2") open.add(`it is for some versions of Windows (${value})`);
    if (field !== undefined) values.set(field, field === "enabled" ? [value] : [...(values.get(field) ?? []), value]);
    else if (!IDLE.has(lower)) open.add(`the key \`${key}=${value}\` is not modelled`);
  }
  const rule = ruleFromFields({ name: name || `line ${line}`, line, values, conditions: [...open] });
  return { rule, isPartial: open.size > 0 };
}
