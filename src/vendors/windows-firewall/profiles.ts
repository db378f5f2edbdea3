/** What the profiles that may be in use do where no rule decides. */
import type { Action } from "../../model/acl.js";
import { type Default, PROFILES, type Profile, type ProfileSettings, type Unread } from "./types.js";

/** The fact that names the profile in use; several, separated by commas, where interfaces differ. */
export const ACTIVE_PROFILE_FACT = "active-profile";

/** How rules and defaults act in one direction under every profile that may be in use. */
export interface Regime {
  readonly defaultAction: Action;
  /** False: no rule is asked. */
  readonly asksRules: boolean;
  /** Why it is not certain that rules are asked. */
  readonly condition: string | undefined;
}

interface Complete {
  readonly isOn: boolean;
  readonly isShielded: boolean;
  readonly inbound: Default;
  readonly outbound: Default;
}

/** Profiles that may be in use, and whether that is known. */
export interface ProfileUse {
  readonly candidates: readonly Profile[];
  readonly isKnown: boolean;
}

/** From what the user states, else from what the exports show, else every profile may be in use. */
export function profilesInUse(stated: string | undefined, shown: readonly Profile[]): ProfileUse {
  const words = (stated ?? "").split(",").map((word) => word.trim().toLowerCase());
  const named = PROFILES.filter((profile) => words.includes(profile));
  if (named.length > 0 && words.length === named.length) return { candidates: named, isKnown: true };
  return shown.length > 0 ? { candidates: shown, isKnown: true } : { candidates: PROFILES, isKnown: false };
}

// "Inbound: block, outbound: allow" unless configured (page "Netsh AdvFirewall Firewall Commands", "set firewallpolicy").
function completed(settings: readonly ProfileSettings[], profile: Profile): Complete[] {
  const given = settings.filter((candidate) => candidate.profile === profile);
  const last = <Key extends keyof Complete>(key: Key): ProfileSettings[Key] =>
    given.findLast((each) => each[key] !== undefined)?.[key];
  const states = possible<boolean>(last("isOn") ?? true, [true, false]);
  const shields = possible<boolean>(last("isShielded") ?? false, [true, false]);
  const inbounds = possible<Default>(last("inbound") ?? "block", ["block", "allow"]);
  const outbounds = possible<Default>(last("outbound") ?? "allow", ["allow", "block"]);
  return states.flatMap((isOn) =>
    shields.flatMap((isShielded) =>
      inbounds.flatMap((inbound) => outbounds.map((outbound) => ({ isOn, isShielded, inbound, outbound }))),
    ),
  );
}

function possible<T>(given: T | Unread, all: readonly T[]): readonly T[] {
  return given === "unread" ? all : [given as T];
}

/** The regime that holds under all candidates; where they differ, the default is open and rules are conditional. */
export function regimeOf(
  direction: "in" | "out",
  settings: readonly ProfileSettings[],
  candidates: readonly Profile[],
): Regime {
  const byProfile = candidates.map((profile) => ({
    profile,
    regimes: completed(settings, profile).map((complete) => regimeUnder(direction, complete)),
  }));
  const each = byProfile.flatMap(({ regimes }) => regimes);
  const first = each[0] as Regime;
  const sameDefault = each.every(({ defaultAction }) => defaultAction.kind === first.defaultAction.kind);
  const sameAsking = each.every(({ asksRules }) => asksRules === first.asksRules);
  // In full, so that two machines say the same only where their profiles do.
  const told = (of: (regime: Regime) => string): string =>
    byProfile.map(({ profile, regimes }) => `${profile}: ${[...new Set(regimes.map(of))].join(" or ")}`).join(", ");
  const defaults = told(({ defaultAction }) => defaultAction.kind);
  const asking = told(({ asksRules }) => (asksRules ? "asked" : "not asked"));
  return {
    defaultAction: sameDefault
      ? first.defaultAction
      : { kind: "unknown", text: `the default of the profile in use (${defaults})` },
    asksRules: !sameAsking || first.asksRules,
    condition: sameAsking ? undefined : `the profile in use may not ask rules (${asking})`,
  };
}

function regimeUnder(direction: "in" | "out", { isOn, isShielded, inbound, outbound }: Complete): Regime {
  const blocksAll = direction === "in" && isShielded;
  const accepts = !isOn || (!blocksAll && (direction === "in" ? inbound : outbound) === "allow");
  return {
    defaultAction: { kind: accepts ? "accept" : "drop" },
    asksRules: isOn && !blocksAll,
    condition: undefined,
  };
}
