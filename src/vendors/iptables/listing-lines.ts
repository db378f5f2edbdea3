/** Puts the lines of `iptables -L` back into the words of the rules they show. */
import type { ShellWords } from "../../syntax/shell-words.js";

/** A rule of a listing as the words of an append command, with what the listing does not show of it. */
export interface ListedRule {
  readonly split: ShellWords;
  readonly doubts: readonly string[];
}

const CHAIN = /^Chain (\S+) \((?:policy ([A-Z]+)|\d+ references)/;
const HEADER = /^(num\s+)?(pkts\s+bytes\s+)?target\s+prot\s+opt\s+(in\s+out\s+)?source\s+destination\s*$/;
const FRAGMENT_COLUMN = /^(?:--|-f|!f|----)$/;
const NO_QUOTES: ReadonlySet<number> = new Set();

/** What may stand behind the addresses, at the beginning of what is left, and the words of a rule it stands for. */
const EXTRAS: readonly (readonly [RegExp, (groups: readonly string[]) => readonly string[]])[] = [
  [/^(tcp|udp|sctp|dccp)(?= (?:[sd]pts?|flags):)/, ([module = ""]) => ["-m", module]],
  [/^([sd])pts?:(!?)(\S+)/, ([side, not, ports = ""]) => [...negation(not), `--${side}port`, ports]],
  [
    /^flags:(!?)0x([\dA-F]{2})\/0x([\dA-F]{2})/,
    ([not, mask, set]) => [...negation(not), "--tcp-flags", bits(mask), bits(set)],
  ],
  [/^(?:tcp|udp|icmp|udplite)(?= |$)/, () => []],
  [
    /^(?:icmptype|ipv6-icmptype) (\d+)(?: code (\d+))?(?= |$)/,
    ([type, code]) => [icmpOption, code ? `${type}/${code}` : `${type}`],
  ],
  [/^(! )?ctstate (\S+)/, ([not, states = ""]) => ["-m", "conntrack", ...negation(not), "--ctstate", states]],
  [/^(! )?state (\S+)/, ([not, states = ""]) => ["-m", "state", ...negation(not), "--state", states]],
  [
    /^multiport (sports|dports|ports) (! ?)?(\S+)/,
    ([side, not, ports = ""]) => ["-m", "multiport", ...negation(not), `--${side}`, ports],
  ],
  [
    /^(! )?match-set (\S+) (\S+)/,
    ([not, name = "", sides = ""]) => ["-m", "set", ...negation(not), "--match-set", name, sides],
  ],
  [
    /^ADDRTYPE match (src|dst)-type (!)?([A-Z,]+)/,
    ([side, not, types = ""]) => ["-m", "addrtype", ...negation(not), `--${side}-type`, types],
  ],
  [
    /^limit: avg (\S+) burst (\d+)/,
    ([rate = "", burst = ""]) => ["-m", "limit", "--limit", rate, "--limit-burst", burst],
  ],
  [/^\/\* .*? \*\//, () => []],
  [/^(?:reject-with \S+|LOG .*|ULOG .*|nflog-.*)/, () => []],
];
const icmpOption = "--icmp-type";
const FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

function bits(hexadecimal: string | undefined): string {
  const value = Number.parseInt(hexadecimal ?? "0", 16);
  return FLAGS.filter((_, i) => (value >> i) & 1).join(",") || "NONE";
}

function negation(not: string | undefined): readonly string[] {
  return not === undefined || not === "" ? [] : ["!"];
}

/** Follows a listing line by line: its chains and which columns it has. */
export class ListingReader {
  private chainName: string | undefined;
  private leading = 0;
  private hasInterfaces = false;

  /** The chain a line opens, with its policy if it is built in. */
  openChain(line: string): { readonly name: string; readonly policy?: string } | undefined {
    const [, name, policy] = CHAIN.exec(line) ?? [];
    if (name === undefined) return undefined;
    this.chainName = name;
    return policy === undefined ? { name } : { name, policy };
  }

  /** True iff the line names the columns. */
  readHeader(line: string): boolean {
    const match = HEADER.exec(line);
    if (match === null || this.chainName === undefined) return false;
    this.leading = (match[1] === undefined ? 0 : 1) + (match[2] === undefined ? 0 : 2);
    this.hasInterfaces = match[3] !== undefined;
    return true;
  }

  /** The rule on a line of the chain opened last; undefined iff the line is none. */
  rule(line: string): ListedRule | undefined {
    if (this.chainName === undefined) return undefined;
    const all = line.split(/\s+/).slice(this.leading);
    const columns = FRAGMENT_COLUMN.test(all[1] ?? "") ? ["", ...all] : all;
    const [target = "", protocol = "", fragment = "", ...rest] = columns;
    if (!FRAGMENT_COLUMN.test(fragment)) return undefined;
    const [ingress = "*", egress = "*"] = this.hasInterfaces ? rest.splice(0, 2) : [];
    const [source = "", destination = "", ...extras] = rest;
    if (destination === "") return undefined;
    const { words, isGoto, unread } = readExtras(extras.join(" "));
    const asked = [
      ...[column("-p", protocol), column("-s", source), column("-d", destination)],
      ...[
        column("-i", ingress),
        column("-o", egress),
        fragment === "-f" ? ["-f"] : fragment === "!f" ? ["!", "-f"] : [],
      ],
    ].flat();
    const jump = target === "" ? [] : [isGoto ? "-g" : "-j", target];
    return {
      split: { words: ["-A", this.chainName, ...asked, ...words, ...jump], quoted: NO_QUOTES, unclosed: false },
      doubts: [
        ...(this.hasInterfaces ? [] : ["the listing does not show the interfaces of the rule"]),
        ...(unread === "" ? [] : [`\`${unread}\` in the listing`]),
      ],
    };
  }
}

const EVERYTHING: ReadonlySet<string> = new Set(["*", "all", "0", "any", "anywhere"]);

function column(option: string, text: string): readonly string[] {
  if (EVERYTHING.has(text)) return [];
  return text.startsWith("!") ? ["!", option, text.slice(1)] : [option, text];
}

function readExtras(text: string): { words: readonly string[]; isGoto: boolean; unread: string } {
  const isGoto = text.startsWith("[goto]");
  const words: string[] = [];
  let rest = isGoto ? text.slice("[goto]".length).trim() : text.trim();
  while (rest !== "") {
    const found = EXTRAS.map(([pattern, write]) => ({ match: pattern.exec(rest), write })).find(
      ({ match }) => match !== null,
    );
    const [whole = "", ...groups] = found?.match ?? [];
    if (found === undefined || whole === "") break;
    words.push(...found.write(groups));
    rest = rest.slice(whole.length).trim();
  }
  return { words, isGoto, unread: rest };
}
