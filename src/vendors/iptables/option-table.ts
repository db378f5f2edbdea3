/** The options this reader knows by name: their spellings, the module they belong to and how many values they take. */

export interface OptionSpec {
  /** Main spelling, which the parsed option carries. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly arity: 0 | 1 | 2;
}

const PORTS: readonly OptionSpec[] = [
  { name: "--sport", aliases: ["--source-port"], arity: 1 },
  { name: "--dport", aliases: ["--destination-port"], arity: 1 },
];

/** Options of every rule, whatever its modules. */
const CORE_OPTIONS: readonly OptionSpec[] = [
  { name: "-s", aliases: ["--source", "--src"], arity: 1 },
  { name: "-d", aliases: ["--destination", "--dst"], arity: 1 },
  { name: "-p", aliases: ["--protocol", "--proto"], arity: 1 },
  { name: "-i", aliases: ["--in-interface"], arity: 1 },
  { name: "-o", aliases: ["--out-interface"], arity: 1 },
  { name: "-f", aliases: ["--fragments"], arity: 0 },
  { name: "-m", aliases: ["--match"], arity: 1 },
  { name: "-j", aliases: ["--jump"], arity: 1 },
  { name: "-g", aliases: ["--goto"], arity: 1 },
  { name: "-c", aliases: ["--set-counters"], arity: 2 },
  { name: "-4", aliases: ["--ipv4"], arity: 0 },
  { name: "-6", aliases: ["--ipv6"], arity: 0 },
];

/** Options of the modules whose matches become packet fields, sets or remarks. */
const MODULE_OPTIONS: Readonly<Record<string, readonly OptionSpec[]>> = {
  tcp: [...PORTS, { name: "--tcp-flags", arity: 2 }, { name: "--syn", arity: 0 }, { name: "--tcp-option", arity: 1 }],
  udp: PORTS,
  sctp: PORTS,
  dccp: PORTS,
  icmp: [{ name: "--icmp-type", arity: 1 }],
  icmp6: [{ name: "--icmpv6-type", aliases: ["--icmp6-type"], arity: 1 }],
  multiport: [
    { name: "--sports", aliases: ["--source-ports"], arity: 1 },
    { name: "--dports", aliases: ["--destination-ports"], arity: 1 },
    { name: "--ports", aliases: ["--port"], arity: 1 },
  ],
  iprange: [
    { name: "--src-range", arity: 1 },
    { name: "--dst-range", arity: 1 },
  ],
  state: [{ name: "--state", arity: 1 }],
  conntrack: [
    { name: "--ctstate", arity: 1 },
    { name: "--ctproto", arity: 1 },
    { name: "--ctorigsrc", arity: 1 },
    { name: "--ctorigdst", arity: 1 },
    { name: "--ctreplsrc", arity: 1 },
    { name: "--ctrepldst", arity: 1 },
    { name: "--ctorigsrcport", arity: 1 },
    { name: "--ctorigdstport", arity: 1 },
    { name: "--ctreplsrcport", arity: 1 },
    { name: "--ctrepldstport", arity: 1 },
    { name: "--ctstatus", arity: 1 },
    { name: "--ctexpire", arity: 1 },
    { name: "--ctdir", arity: 1 },
  ],
  addrtype: [
    { name: "--src-type", arity: 1 },
    { name: "--dst-type", arity: 1 },
    { name: "--limit-iface-in", arity: 0 },
    { name: "--limit-iface-out", arity: 0 },
  ],
  set: [
    { name: "--match-set", aliases: ["--set"], arity: 2 },
    { name: "--return-nomatch", arity: 0 },
    { name: "--update-counters", arity: 0 },
    { name: "--update-subcounters", arity: 0 },
  ],
  mark: [{ name: "--mark", arity: 1 }],
  connmark: [{ name: "--mark", arity: 1 }],
  comment: [{ name: "--comment", arity: 1 }],
  mac: [{ name: "--mac-source", arity: 1 }],
  owner: [
    { name: "--uid-owner", arity: 1 },
    { name: "--gid-owner", arity: 1 },
    { name: "--socket-exists", arity: 0 },
  ],
  length: [{ name: "--length", arity: 1 }],
};

/** Modules that `-p` loads by itself, by protocol number. */
export const IMPLICIT_MODULES: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [33, "dccp"],
  [58, "icmp6"],
  [132, "sctp"],
]);

function bySpelling(specs: readonly OptionSpec[]): ReadonlyMap<string, OptionSpec> {
  return new Map(specs.flatMap((spec) => [spec.name, ...(spec.aliases ?? [])].map((name) => [name, spec] as const)));
}

const CORE = bySpelling(CORE_OPTIONS);
const MODULES = new Map(Object.entries(MODULE_OPTIONS).map(([module, specs]) => [module, bySpelling(specs)]));

/** The option every rule may have under this spelling. */
export function coreOption(word: string): OptionSpec | undefined {
  return CORE.get(word);
}

/**
 * The option of a module under this spelling; like getopt, a beginning that no other option of the module has is
 * enough (`--dpor`).
 */
export function moduleOption(module: string, word: string): OptionSpec | undefined {
  const options = MODULES.get(module);
  const exact = options?.get(word);
  if (exact !== undefined || options === undefined || word.length < 4) return exact;
  const begun = new Set([...options].filter(([name]) => name.startsWith(word)).map(([, spec]) => spec));
  return begun.size === 1 ? [...begun][0] : undefined;
}
