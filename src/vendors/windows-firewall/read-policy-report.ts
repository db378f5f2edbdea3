/** A group policy report (`gpresult /x`, `Get-GPOReport -ReportType Xml`) to rules and settings. */
import type { LineLedger } from "../../syntax/line-ledger.js";
import { ruleFromKeys } from "./rule-from-keys.js";
import {
  breakOff,
  type Default,
  type Gap,
  type Profile,
  type ProfileSettings,
  type Unread,
  type WindowsRule,
} from "./types.js";

const TAG = /<(\/?)(?:[\w-]+:)?([\w-]+)[^<>]*?(\/?)>([^<]*)/g;
const RULE_LIST = /^(?:In|Out)boundFirewallRules$/;

const PROFILE_ELEMENTS = new Map<string, Profile>(
  Object.entries({
    DomainProfile: "domain",
    PrivateProfile: "private",
    PublicProfile: "public",
  }),
);

/** Reports nest a dozen deep; what nests deeper is not one. */
const MAX_DEPTH = 60;

export interface PolicyReport {
  readonly rules: readonly WindowsRule[];
  readonly settings: readonly ProfileSettings[];
  readonly gaps: readonly Gap[];
}

/** An element with text in it, under the names of the elements around it. */
interface Leaf {
  readonly path: readonly string[];
  /** Lines on which they begin. */
  readonly starts: readonly number[];
  readonly text: string;
  readonly line: number;
}

/** Reads the elements of the profiles and of each rule; names are those of the registry form, a boolean 1 is `true`. */
export function readPolicyReport(text: string, ledger: LineLedger): PolicyReport {
  const pairs = new Map<number, [string, string][]>();
  const settings = new Map<Profile, Map<string, Leaf>>();
  const open: number[] = [];
  for (const leaf of leaves(text, open)) {
    const owner = leaf.path.findIndex((name) => RULE_LIST.test(name) || PROFILE_ELEMENTS.has(name));
    const profile = PROFILE_ELEMENTS.get(leaf.path[owner] ?? "");
    const key = leaf.path[owner + 1];
    if (owner < 0 || key === undefined) continue;
    ledger.mark(leaf.line, "modelled", profile === undefined ? "a rule" : `setting of the ${profile} profile`);
    const start = leaf.starts[owner] as number;
    if (profile === undefined) pairs.set(start, [...(pairs.get(start) ?? []), [key, leaf.text]]);
    else settings.set(profile, withSetting(settings.get(profile) ?? new Map(), key, leaf));
  }
  const rules = [...pairs].map(([line, given]) => {
    ledger.mark(line, "modelled", "a rule");
    return ruleFromKeys(
      given.filter(([key]) => key !== "Version"),
      line,
      [],
    ).rule;
  });
  return {
    rules,
    settings: [...settings].map(([profile, given]) => settingsOf(profile, given)),
    gaps: breakOff(open[0]),
  };
}

/** Of two policies that differ one comes first, and nobody here knows which. */
function withSetting(given: Map<string, Leaf>, key: string, leaf: Leaf): Map<string, Leaf> {
  const before = given.get(key)?.text ?? leaf.text;
  return given.set(key, before.toLowerCase() === leaf.text.toLowerCase() ? leaf : { ...leaf, text: "several values" });
}

/** The leaves in order; `starts` holds, as long as an element is open, the line on which it begins. */
function* leaves(text: string, starts: number[]): Generator<Leaf> {
  const path: string[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(TAG)) {
    for (; counted < match.index; counted++) if (text.charCodeAt(counted) === 10) line++;
    const [, closing, name = "", selfClosing, content = ""] = match;
    if (closing === "/") {
      path.length = Math.max(0, path.lastIndexOf(name));
      starts.length = path.length;
    } else if (selfClosing === "") {
      if (path.length >= MAX_DEPTH) return;
      path.push(name);
      starts.push(line);
      if (content.trim() !== "") yield { path: [...path], starts: [...starts], text: unescaped(content.trim()), line };
    }
  }
}

function unescaped(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

function settingsOf(profile: Profile, given: ReadonlyMap<string, Leaf>): ProfileSettings {
  const isTrue = (key: string) => {
    const text = given.get(key)?.text.toLowerCase();
    return text === undefined ? undefined : (BOOLEANS.get(text) ?? "unread");
  };
  const [first] = given.values();
  return {
    profile,
    line: first?.line ?? 1,
    isOn: isTrue("EnableFirewall") ?? "unread",
    isShielded: isTrue("DoNotAllowExceptions"),
    inbound: blocks(isTrue("DefaultInboundAction")),
    outbound: blocks(isTrue("DefaultOutboundAction")),
  };
}

const BOOLEANS = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

function blocks(isSet: boolean | Unread | undefined): Default | Unread | undefined {
  return isSet === undefined || isSet === "unread" ? isSet : isSet ? "block" : "allow";
}
