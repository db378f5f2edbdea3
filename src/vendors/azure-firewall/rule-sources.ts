/** Joins firewalls with the policies that hold their rules, and policies with their parents and their groups. */
import type { PlacedGroup } from "./order-rules.js";
import type { CollectionGroup, FirewallFile, FirewallPolicy, Gap, Settings } from "./types.js";

/** Everything that decides about packets under one name. */
export interface RuleSource {
  readonly name: string;
  /** Name of the policy that it adds rules to itself; empty: it has rules of its own. */
  readonly policy: string;
  readonly file: string;
  readonly line: number;
  readonly settings: Settings;
  readonly groups: readonly PlacedGroup[];
  readonly gaps: readonly (Gap & { readonly file: string })[];
}

interface Stored<T> {
  readonly value: T;
  readonly file: string;
}

type Inherited = Pick<RuleSource, "groups" | "gaps">;

/** Parents above parents beyond this are left out, as a gap: the platform allows one. */
const MAX_LEVELS = 10;

/** The firewalls of the files, then the policies that none of them and no other policy uses. */
export function findRuleSources(files: readonly FirewallFile[]): RuleSource[] {
  const book = new PolicyBook(files);
  const firewalls = files.flatMap(({ firewalls: own, file }) => own.map((value) => ({ value, file })));
  const used = new Set<string>();
  const sources = firewalls.map(({ value, file }): RuleSource => {
    const { name, line, settings, policy, rules } = value;
    if (policy === undefined) {
      return { name, policy: "", file, line, settings, groups: [{ group: rules, level: 0, file }], gaps: [] };
    }
    used.add(policy.toLowerCase());
    const stored = book.policy(policy);
    const inherited = book.resolve(policy, { file, line });
    return {
      name,
      policy,
      file,
      line,
      settings: { ...(stored === undefined ? settings : book.settings(policy)), ...forcedBy(settings) },
      ...inherited,
    };
  });
  const alone = book.names().filter((name) => !used.has(name) && !book.isParent(name));
  return [...sources, ...alone.map((name) => book.source(name))];
}

// The tunnel belongs to the firewall, everything else to its policy.
function forcedBy({ isForcedTunnel }: Settings): Pick<Settings, "isForcedTunnel"> {
  return { isForcedTunnel };
}

class PolicyBook {
  private readonly policies = new Map<string, Stored<FirewallPolicy>>();
  private readonly groups = new Map<string, Stored<CollectionGroup>[]>();

  constructor(files: readonly FirewallFile[]) {
    for (const { policies, groups, file } of files) {
      for (const value of policies) this.policies.set(value.name.toLowerCase(), { value, file });
      for (const value of groups) {
        const key = value.policy.toLowerCase();
        this.groups.set(key, [...(this.groups.get(key) ?? []), { value, file }]);
      }
    }
  }

  policy(name: string): Stored<FirewallPolicy> | undefined {
    return this.policies.get(name.toLowerCase());
  }

  /** Every policy the files hold, or hold groups of; lower case. */
  names(): string[] {
    return [...new Set([...this.policies.keys(), ...this.groups.keys()])];
  }

  isParent(name: string): boolean {
    return [...this.policies.values()].some(({ value }) => value.base?.toLowerCase() === name);
  }

  source(name: string): RuleSource {
    const stored = this.policies.get(name);
    const [first] = this.groups.get(name) ?? [];
    const file = stored?.file ?? first?.file ?? "";
    const line = stored?.value.line ?? first?.value.line ?? 1;
    const own = stored?.value.name ?? first?.value.policy ?? name;
    const settings = stored === undefined ? UNKNOWN_SETTINGS : this.settings(name);
    const inherited = this.resolve(name, { file, line });
    return { name: own === "" ? "unnamed" : own, policy: own, file, line, settings, ...inherited };
  }

  /**
   * A policy's own settings, and the strictest of what it and those above it do with the feed of threats, where a word that
   * nobody knows is stricter than all but `Deny`: a policy may only replace what it inherits by something stricter (rule-processing, "Inherited rules").
   */
  settings(name: string): Settings {
    const chain: FirewallPolicy[] = [];
    for (let next = this.policy(name)?.value; next !== undefined && chain.length < MAX_LEVELS; ) {
      chain.push(next);
      next = next.base === undefined ? undefined : this.policy(next.base)?.value;
    }
    const [own] = chain;
    if (own === undefined) return UNKNOWN_SETTINGS;
    const modes = chain.map(({ settings }) => settings.threatIntelMode);
    const denying = modes.find((mode) => /^deny$/i.test(mode)) ?? modes.find((mode) => !/^(?:off|alert)$/i.test(mode));
    return { ...own.settings, threatIntelMode: denying ?? own.settings.threatIntelMode };
  }

  /** The groups of a policy and of those it inherits from, parents first; what is not in the files is a gap. */
  resolve(name: string, from: { readonly file: string; readonly line: number }): Inherited {
    const chain: string[] = [];
    const gaps: (Gap & { file: string })[] = [];
    for (let next: string | undefined = name.toLowerCase(); next !== undefined; ) {
      if (chain.includes(next) || chain.length === MAX_LEVELS) break;
      chain.unshift(next);
      const stored = this.policies.get(next);
      if (stored === undefined)
        gaps.push({ reason: `policy \`${next || "of the groups"}\` is not among the exports`, ...from });
      else gaps.push(...this.missingGroups(stored));
      next = stored?.value.base?.toLowerCase();
    }
    const strays = name === "" ? [] : (this.groups.get("") ?? []);
    for (const { value, file } of strays)
      gaps.push({ reason: `it may have the rule collection group \`${value.name}\``, file, line: value.line });
    const groups = chain.flatMap((policy, level) =>
      (this.groups.get(policy) ?? []).map(({ value, file }) => ({ group: value, level, file })),
    );
    return { groups, gaps };
  }

  private missingGroups({ value, file }: Stored<FirewallPolicy>): (Gap & { file: string })[] {
    const present = new Set(
      (this.groups.get(value.name.toLowerCase()) ?? []).map((group) => group.value.name.toLowerCase()),
    );
    if (value.groups === undefined && present.size === 0) {
      const reason = `no rule collection group of policy \`${value.name}\` is among the exports`;
      return [{ reason, line: value.line, file }];
    }
    return (value.groups ?? [])
      .filter((group) => !present.has(group.toLowerCase()))
      .map((group) => ({
        reason: `rule collection group \`${group}\` is not among the exports`,
        line: value.line,
        file,
      }));
  }
}

const UNKNOWN_SETTINGS: Settings = {
  threatIntelMode: "Deny",
  threatIntelAllowed: [],
  privateRanges: undefined,
  isForcedTunnel: false,
};
