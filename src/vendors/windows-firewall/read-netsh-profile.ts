/** Lines of `netsh advfirewall show …profile` to the settings of a profile. */
import type { LineLedger } from "../../syntax/line-ledger.js";
import type { InboundDefault, Profile, ProfileSettings } from "./types.js";
import { normalize, wordOf } from "./vocabulary.js";

/** Settings as far as they are read. */
export interface SettingsDraft {
  readonly profile: Profile;
  /** Of the defaults, once they are read; before, of the profile's heading. */
  line: number;
  isOn?: boolean | undefined;
  inbound?: InboundDefault;
  outbound?: "allow" | "block";
}

// The values of this line are not translated.
const POLICY = /\b(Allow|Block)Inbound(Always)?\s*,\s*(Allow|Block)Outbound/i;
const STATE_LABELS = new Set(["state", "status", "etat", "estado"]);

/** Enters what the line says about the profile. */
export function readProfileLine(draft: SettingsDraft, content: string, line: number, ledger: LineLedger): void {
  const [label = "", value = ""] = content.trim().split(/\s{2,}/, 2);
  const policy = POLICY.exec(content);
  if (policy !== null) {
    const inbound = policy[1]?.toLowerCase() === "allow" ? "allow" : "block";
    draft.inbound = policy[2] === undefined ? inbound : "block-always";
    draft.line = line;
    draft.outbound = policy[3]?.toLowerCase() === "allow" ? "allow" : "block";
    ledger.mark(line, "modelled", `defaults of the ${draft.profile} profile`);
  } else if (STATE_LABELS.has(normalize(label))) {
    const state = wordOf(value);
    draft.isOn = state === "on" ? true : state === "off" ? false : undefined;
    ledger.mark(line, draft.isOn === undefined ? "approximated" : "modelled", `state of the ${draft.profile} profile`);
  }
}

/** The finished settings. */
export function settingsFrom({ profile, line, isOn, inbound, outbound }: SettingsDraft): ProfileSettings {
  return { profile, line, isOn, inbound, outbound };
}
