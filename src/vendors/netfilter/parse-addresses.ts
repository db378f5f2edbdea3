/** Recognises the output of `ip addr` or `ip -j addr` and turns it into the interfaces of the device. */
import { parseAddress } from "../../model/address.js";
import type { LineAccount, Parsed } from "../../model/diagnostic.js";
import type { AddressFile, InterfaceAddress, LinuxInterface } from "./linux-interfaces.js";

interface OpenInterface extends LinuxInterface {
  readonly addresses: InterfaceAddress[];
}

const HEAD = /^\d+:\s+([^\s@:]+)(?:@[^\s:]*)?:\s+<([^>]*)>/;
const ONE_LINE = /^\d+:\s+([^\s@:]+)(?:@[^\s:]*)?\s+(inet6?\s.*)$/;

const HEAD_OR_ADDRESS =
  /^\d+:[ \t]+[^\s<]+[ \t]+<[A-Z0-9_,-]*>[ \t]+mtu[ \t]+\d|^\d+:[ \t]+\S+[ \t]+inet6?[ \t]+[0-9a-fA-F.:]+\/\d/m;

/** True iff the text is the output of `ip addr` or `ip -j addr`. */
export function isAddressExport(text: string): boolean {
  return /^\s*\[/.test(text) ? interfacesInJson(text) !== undefined : HEAD_OR_ADDRESS.test(text);
}

/** The interfaces in the text. */
export function parseAddresses(text: string, file: string): Parsed<AddressFile> {
  const interfaces = interfacesInJson(text);
  if (interfaces === undefined) return parseAddressLines(text, file);
  const lines = text.split(/\r?\n/).flatMap((line, index): LineAccount[] => {
    return line.trim() === "" ? [] : [{ line: index + 1, fate: "modelled", note: "addresses of interfaces" }];
  });
  return { value: { kind: "addresses", file, interfaces, lines }, diagnostics: [] };
}

/** `ip addr` and `ip -o addr`. */
function parseAddressLines(text: string, file: string): Parsed<AddressFile> {
  const interfaces = new Map<string, OpenInterface>();
  const lines: LineAccount[] = [];
  let current: OpenInterface | undefined;
  text.split(/\r?\n/).forEach((raw, index) => {
    const line = raw.trim();
    if (line === "") return;
    const head = HEAD.exec(line);
    const short = ONE_LINE.exec(line);
    if (head !== null) current = openInterface(interfaces, head[1] as string, head[2] as string);
    else if (short !== null) current = openInterface(interfaces, short[1] as string);
    const address = readAddress(short?.[2] ?? line);
    if (address !== undefined) current?.addresses.push(address);
    const isModelled = head !== null || (address !== undefined && current !== undefined);
    const note = isModelled ? `interface ${current?.name}` : "says nothing about addresses";
    lines.push({ line: index + 1, fate: isModelled ? "modelled" : "harmless", note });
  });
  return { value: { kind: "addresses", file, interfaces: [...interfaces.values()], lines }, diagnostics: [] };
}

function openInterface(interfaces: Map<string, OpenInterface>, name: string, flags?: string): OpenInterface {
  const known = interfaces.get(name);
  if (known !== undefined) return known;
  const opened: OpenInterface = { name, isUp: flags?.split(",").includes("UP"), addresses: [] };
  interfaces.set(name, opened);
  return opened;
}

function readAddress(line: string): InterfaceAddress | undefined {
  const words = line.split(/\s+/);
  if (words[0] !== "inet" && words[0] !== "inet6") return undefined;
  const [own = "", ownLength] = (words[1] ?? "").split("/");
  const peer = wordAfter(words, "peer")?.split("/");
  return interfaceAddress(own, Number(peer?.[1] ?? ownLength ?? NaN), wordAfter(words, "brd"));
}

function wordAfter(words: readonly string[], word: string): string | undefined {
  const index = words.indexOf(word);
  return index < 0 ? undefined : words[index + 1];
}

function interfaceAddress(text: string, length: number, broadcastText?: string): InterfaceAddress | undefined {
  const address = parseAddress(text);
  if (address === undefined) return undefined;
  const bits = address.length === 1 ? 32 : 128;
  const base = { address, length: Number.isInteger(length) && length <= bits ? length : bits };
  const broadcast = broadcastText === undefined ? undefined : parseAddress(broadcastText);
  return broadcast === undefined ? base : { ...base, broadcast };
}

/** The interfaces in the output of `ip -j addr`; undefined iff the text is none. */
function interfacesInJson(text: string): readonly LinuxInterface[] | undefined {
  // only texts that hold the keys of iproute2 are worth parsing
  if (!text.includes('"ifname"') || !text.includes('"addr_info"')) return undefined;
  const value = jsonValue(text);
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const interfaces = value.filter(isRecord).flatMap(interfaceFromJson);
  return interfaces.length > 0 ? interfaces : undefined;
}

function interfaceFromJson(entry: Readonly<Record<string, unknown>>): LinuxInterface[] {
  const { ifname, flags, addr_info: list } = entry;
  if (typeof ifname !== "string" || !Array.isArray(list)) return [];
  const addresses = list.filter(isRecord).flatMap((item) => {
    const broadcast = typeof item["broadcast"] === "string" ? item["broadcast"] : undefined;
    return interfaceAddress(String(item["local"]), Number(item["prefixlen"]), broadcast) ?? [];
  });
  return [{ name: ifname, isUp: Array.isArray(flags) ? flags.includes("UP") : undefined, addresses }];
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
