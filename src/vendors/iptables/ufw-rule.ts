/** Turns one line of `ufw status` into the commands of iptables that ufw makes of it. */
import { type Family, parseAddressRange } from "../../model/address.js";
import { netfilterProtocol } from "../netfilter/protocol-names.js";

/** What ufw does with one line: rules of one family at one hook. */
export interface UfwRule {
  readonly family: Family;
  readonly direction: "IN" | "OUT" | "FWD";
  /** Matches and target of each rule, as iptables takes them. */
  readonly commands: readonly string[];
  /** What the line does not tell. */
  readonly doubts: readonly string[];
}

/** One end of a rule. */
interface End {
  readonly address?: string;
  readonly ports?: string;
  readonly protocol?: string;
  readonly interface?: string;
  readonly isIpv6: boolean;
  /** A name of ports that only the machine resolves. */
  readonly profile?: string;
}

const LINE =
  /^(?:\[ *\d+\] +)?(\S.*?) +(ALLOW|DENY|REJECT|LIMIT)(?: (IN|OUT|FWD))? +(\S.*?)(?: +\(([a-z-]+(?:, out)?)\))?(?: +#.*)?$/;
const PORTS = /^(\d+(?::\d+)?(?:,\d+(?::\d+)?)*)(?:\/([a-z0-9-]+))?$/;
const VERDICTS: Readonly<Record<string, readonly string[]>> = {
  ALLOW: ["-j ACCEPT"],
  DENY: ["-j DROP"],
  REJECT: ["-j REJECT"],
  // who begins six connections within half a minute is refused
  LIMIT: ["-m conntrack --ctstate NEW -m recent --update --seconds 30 --hitcount 6 -j REJECT", "-j ACCEPT"],
};

/** The rule a line shows; undefined iff it shows none. */
export function readUfwRule(line: string): UfwRule | undefined {
  const [, toText, action, stated, fromText, attributes] = LINE.exec(line) ?? [];
  if (toText === undefined || action === undefined || fromText === undefined) return undefined;
  const direction = stated ?? (/\bout$/.test(attributes ?? "") ? "OUT" : "IN");
  const [to, from] = [readEnd(toText), readEnd(fromText)];
  const isIpv6 = [to, from].some((end) => end.isIpv6 || end.address?.includes(":"));
  const common = `${addressOption("-s", from)}${addressOption("-d", to)}${interfaceOptions(direction, to, from)}`;
  const commands = protocolsOf(to, from).flatMap((protocol) =>
    (VERDICTS[action] ?? []).map((verdict) => `${common}${transport(protocol, to, from)} ${verdict}`),
  );
  return {
    ...{ family: isIpv6 ? "ipv6" : "ipv4", direction: direction as UfwRule["direction"], commands },
    doubts: [to, from].flatMap(({ profile }) => (profile === undefined ? [] : [`the ports of profile \`${profile}\``])),
  };
}

/**
 * `10.0.0.0/8 80,443/tcp on eth0 (v6)`: an address or Anywhere, ports or the name of a profile, an interface. A name in
 * parentheses behind ports is the profile they are of.
 */
function readEnd(text: string): End {
  const plain = text.replace(/ +\(v6\)/, "").replace(/^([^()]*\d(?:\/[a-z]+)?) \([^()]+\)/, "$1");
  const [, place = "", name] = /^(.*?)(?:(?:^| +)on (\S+))?$/.exec(plain) ?? [];
  const words = place.split(/ +/).filter(Boolean);
  const [head = ""] = words;
  const [, anywhere] = /^Anywhere(?:\/([a-z0-9-]+))?$/.exec(head) ?? [];
  const isAnywhere = /^Anywhere(?:\/|$)/.test(head);
  const address = isAnywhere ? undefined : readAddress(head);
  const rest = (isAnywhere || address !== undefined ? words.slice(1) : words).join(" ");
  const [, ports, portProtocol] = PORTS.exec(rest) ?? [];
  const protocol = anywhere ?? address?.protocol ?? portProtocol;
  return {
    ...(address !== undefined && { address: address.text }),
    ...(ports !== undefined && { ports }),
    ...(protocol !== undefined && { protocol }),
    ...(name !== undefined && { interface: name }),
    ...(rest !== "" && ports === undefined && { profile: rest }),
    isIpv6: text.includes("(v6)"),
  };
}

/** An address or network, perhaps with a protocol behind it: `10.0.0.0/8/esp`. */
function readAddress(word: string): { readonly text: string; readonly protocol?: string } | undefined {
  if (PORTS.test(word)) return undefined;
  if (parseAddressRange(word) !== undefined) return { text: word };
  const [, text = "", protocol] = /^(.*)\/([a-z][a-z0-9-]*)$/.exec(word) ?? [];
  return protocol !== undefined && parseAddressRange(text) !== undefined ? { text, protocol } : undefined;
}

function addressOption(option: string, { address }: End): string {
  return address === undefined ? "" : ` ${option} ${address}`;
}

/** A packet that comes in has no outgoing interface, and the other way round; one that is routed has both. */
function interfaceOptions(direction: string, to: End, from: End): string {
  const option = (name: "-i" | "-o", value: string | undefined): string =>
    value === undefined ? "" : ` ${name} ${value}`;
  if (direction === "FWD") return option("-i", from.interface) + option("-o", to.interface);
  return option(direction === "IN" ? "-i" : "-o", to.interface ?? from.interface);
}

/** Ports without a protocol are those of TCP and of UDP. */
function protocolsOf(to: End, from: End): readonly string[] {
  const stated = to.protocol ?? from.protocol;
  if (stated !== undefined) return [stated];
  return to.ports === undefined && from.ports === undefined ? [""] : ["tcp", "udp"];
}

function transport(protocol: string, to: End, from: End): string {
  if (protocol === "") return "";
  const known = netfilterProtocol(protocol) === undefined ? `${protocol}?` : protocol;
  return ` -p ${known}${portOption("s", from)}${portOption("d", to)}`;
}

function portOption(side: "s" | "d", { ports }: End): string {
  if (ports === undefined) return "";
  return ports.includes(",") ? ` -m multiport --${side}ports ${ports}` : ` --${side}port ${ports}`;
}
