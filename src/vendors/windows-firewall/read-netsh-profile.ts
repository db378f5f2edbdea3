/** Lines of `netsh advfirewall show …profile` to the settings of a profile. */
import type { LineLedger } from "../../syntax/line-ledger.js";
import type { Default, Profile, ProfileSettings, Unread } from "./types.js";
import { normalize, wordOf } from "./vocabulary.js";

/** Settings as far as they are read. */
export interface SettingsDraft {
  readonly profile: Profile;
  /** Of the defaults, once they are read; before, of the profile's heading. */
  line: number;
  isOn?: boolean | Unread;
  isShielded?: boolean | Unread | undefined;
  inbound?: Default | Unread | undefined;
  outbound?: Default | Unread | undefined;
}

// The values of this line are not translated.
const POLICY = /(?:^|\s)(\w*)\s*,\s*(\w*)\s*$/;
const INBOUND = new Map<string, Default | undefined>([
  ["blockinbound", "block"],
  ["blockinboundalways", "block"],
  ["allowinbound", "allow"],
  ["notconfigured", undefined],
]);
const OUTBOUND = new Map<string, Default | undefined>([
  ["blockoutbound", "block"],
  ["allowoutbound", "allow"],
  ["notconfigured", undefined],
]);
const STATE_LABELS = new Set(["state", "status", "etat", "estado"]);

/** Enters what the line says about the profile. */
export function readProfileLine(draft: SettingsDraft, content: string, line: number, ledger: LineLedger): void {
  const [label = "", value = ""] = content.trim().split(/\s{2,}/, 2);
  if (/bound/i.test(value) || /bound\w*\s*,/i.test(content)) readPolicy(draft, content, line, ledger);
  else if (STATE_LABELS.has(normalize(label))) {
    const state = wordOf(value);
    draft.isOn = state === "on" ? true : state === "off" ? false : "unread";
    ledger.mark(line, draft.isOn === "unread" ? "approximated" : "modelled", `state of the ${draft.profile} profile`);
  }
}

/** Enters the defaults that a text ends with: `BlockInbound,AllowOutbound`. */
export function readPolicy(draft: SettingsDraft, content: string, line: number, ledger: LineLedger): void {
  const [, inbound = "", outbound = ""] = POLICY.exec(content.toLowerCase()) ?? [];
  draft.inbound = INBOUND.has(inbound) ? INBOUND.get(inbound) : "unread";
  draft.isShielded = draft.inbound === "unread" ? "unread" : inbound === "blockinboundalways";
  draft.outbound = OUTBOUND.has(outbound) ? OUTBOUND.get(outbound) : "unread";
  draft.line = line;
  const isRead = draft.inbound !== "unread" && draft.outbound !== "unread";
  ledger.mark(line, isRead ? "modelled" : "approximated", `defaults of the ${draft.profile} profile`);
}

/** The finished settings; the state is always shown, so that without one it was not read. */
export function settingsFrom({ isOn = "unread", ...draft }: SettingsDraft): ProfileSettings {
  return { isShielded: undefined, inbound: undefined, outbound: undefined, ...draft, isOn };
}
