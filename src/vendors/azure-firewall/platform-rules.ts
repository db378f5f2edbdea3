/** What the platform itself does before and after the rules a user writes. */
import type { Ace } from "../../model/acl.js";
import { type AddressRange, PUBLIC_RANGES, parseAddressRange } from "../../model/address.js";
import type { AnyOf, Endpoint, Matches, Operand } from "../../model/matches.js";
import type { TranslationAddresses } from "../../model/nat.js";
import { PROTOCOL_NUMBERS } from "../../model/service.js";
import type { SourceRef } from "../../model/source-ref.js";
import type { ConvertOptions } from "../../model/vendor.js";
import type { Settings } from "./types.js";

// snat-private-range (2023-08-02): RFC 1918 and RFC 6598
const IANA_PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

// infrastructure-fqdns: names of the platform's own storage and diagnostics, which no page lists; all are under these.
const PLATFORM_DOMAINS = ["windows.net", "azure.com", "azure.net", "microsoft.com", "windows.com", "azureedge.net"];

const PUBLIC_IPV4 = PUBLIC_RANGES.filter(({ family }) => family === "ipv4");

/** The condition that one side is, or is not, an address of the internet, added to those there are. */
export function isPublic(
  side: "source" | "destination",
  holds: boolean,
  matches: Matches,
): Pick<Matches, "source" | "destination"> {
  return { [side]: [...(matches[side] ?? []), ranges(PUBLIC_IPV4, !holds)] };
}

function ranges(list: readonly AddressRange[], negated: boolean): AnyOf<Endpoint> {
  return { operands: list.map((literal) => ({ literal })), negated };
}

/**
 * What may drop packets before any rule: the threat intelligence feed, where it denies (rule-processing, note;
 * `definedSets` may state its content as `threatintelligence`), and the platform for ICMP towards the internet
 * (known issues: rules for protocols other than TCP and UDP do not work there).
 */
export function acesBeforeRules(settings: Settings, options: ConvertOptions, at: SourceRef): Ace[] {
  const anyIcmp: Ace = {
    name: "protocols other than TCP and UDP towards the internet",
    enabled: true,
    matches: {
      family: "ipv4",
      ...isPublic("destination", true, { unmodeled: [] }),
      service: [{ operands: [{ literal: { protocol: tcp } }, { literal: { protocol: udp } }], negated: true }],
      unmodeled: ["the platform translates no other protocols than TCP and UDP towards the internet"],
    },
    action: { kind: "drop" },
    at,
  };
  if (/^(?:off|alert)$/i.test(settings.threatIntelMode)) return [anyIcmp];
  return [...(["source", "destination"] as const).map((side) => feedAce(side, settings, options, at)), anyIcmp];
}

const { tcp, udp } = PROTOCOL_NUMBERS;

function feedAce(
  side: "source" | "destination",
  { threatIntelMode, threatIntelAllowed }: Settings,
  { definedSets }: ConvertOptions,
  at: SourceRef,
): Ace {
  const stated = definedSets?.get("threatintelligence");
  const allowed = threatIntelAllowed.flatMap((text) => parseAddressRange(text) ?? []);
  const names = threatIntelAllowed.filter((text) => parseAddressRange(text) === undefined);
  const listed = stated === undefined ? ranges(PUBLIC_IPV4, false) : ranges(stated, false);
  return {
    name: `threat intelligence about the ${side}`,
    enabled: true,
    matches: {
      family: "ipv4",
      [side]: allowed.length === 0 ? [listed] : [listed, ranges(allowed, true)],
      unmodeled: [
        ...(/^deny$/i.test(threatIntelMode) ? [] : [`threat intelligence denies in the mode \`${threatIntelMode}\``]),
        ...(stated === undefined ? [`the threat intelligence feed lists the ${side}`] : []),
        ...(names.length === 0 ? [] : [`the target is not allowed as one of ${names.join(", ")}`]),
      ],
    },
    action: { kind: "drop" },
    at,
  };
}

/** What the platform's collection that comes last is called. */
export const INFRASTRUCTURE = "infrastructure rule collection";

/** The built-in collection that comes after the application rules and lets the platform's own names pass. */
export function infrastructureAce(at: SourceRef): Ace {
  const operands: Operand<Endpoint>[] = PLATFORM_DOMAINS.map((name) => ({ literal: { requested: `*.${name}` } }));
  const ports = [80, 443].map((port) => ({ first: port, last: port }));
  return {
    name: INFRASTRUCTURE,
    enabled: true,
    matches: {
      family: "ipv4",
      destination: [{ operands, negated: false }, ranges(PUBLIC_IPV4, false)],
      service: [{ operands: [{ literal: { protocol: tcp, destinationPorts: ports } }], negated: false }],
      unmodeled: ["the built-in infrastructure rule collection names the target"],
    },
    action: { kind: "accept" },
    at,
  };
}

/** Source translation: always towards what is not private, perhaps for what application and DNAT rules let through. */
export function sourceTranslations(settings: Settings, options: ConvertOptions, within: Ace[], at: SourceRef): Ace[] {
  const texts = settings.privateRanges ?? ["IANAPrivateRanges"];
  const own = texts.flatMap((text) => (/^ianaprivateranges$/i.test(text) ? IANA_PRIVATE : [text]));
  const read = own.map((text) => ({ text, range: parseAddressRange(text) }));
  const unread = read.filter(({ range }) => range === undefined).map(({ text }) => text);
  const kept: AnyOf<Endpoint> = {
    operands: read.map(({ text, range }) => (range ? { literal: range } : { unresolved: text })),
    negated: true,
  };
  const inside = insideAddress(options);
  const outside: TranslationAddresses = settings.isForcedTunnel ? inside : { kind: "pool", ranges: PUBLIC_IPV4 };
  const ace = (name: string, matches: Matches, addresses: TranslationAddresses): Ace => {
    return {
      name,
      enabled: true,
      matches,
      action: { kind: "translate", translation: { side: "source", addresses } },
      at,
    };
  };
  const reason = "the firewall puts its own address in place of the source";
  return [
    ace("towards the internet", { family: "ipv4", destination: [kept], unmodeled: unread }, outside),
    ...within.map(({ name, matches }) => ace(name, { ...matches, unmodeled: [...matches.unmodeled, reason] }, inside)),
  ];
}

// The instances of the firewall have addresses of its subnet, which its own export does not hold.
function insideAddress({ definedSets }: ConvertOptions): TranslationAddresses {
  const stated = definedSets?.get("azurefirewallsubnet");
  return stated ? { kind: "pool", ranges: stated } : { kind: "unresolved", text: "AzureFirewallSubnet" };
}
