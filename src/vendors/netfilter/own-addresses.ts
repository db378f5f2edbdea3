/** The addresses of the device itself and what its local routing table makes of any address. */
import {
  type AddressRange,
  addressFromValue,
  addressValue,
  type Family,
  familyOf,
  parseAddressRange,
  prefixRange,
  singleAddress,
} from "../../model/address.js";
import type { AnyOf, Endpoint } from "../../model/matches.js";
import type { InterfaceAddress, LinuxInterface } from "./linux-interfaces.js";

/** IPv4 addresses that are the device's own, and those that are broadcasts to it. */
export interface OwnAddresses {
  readonly local: readonly AddressRange[];
  readonly broadcast: readonly AddressRange[];
}

const range = (text: string): AddressRange => parseAddressRange(text) as AddressRange;
const MULTICAST: Readonly<Record<Family, AddressRange>> = { ipv4: range("224.0.0.0/4"), ipv6: range("ff00::/8") };
const LOOPBACK: InterfaceAddress = { address: range("127.0.0.1").first, length: 8 };

/**
 * What Linux puts into its local table for the interfaces (net/ipv4/fib_frontend.c, fib_add_ifaddr, since 5.14): each
 * address itself, on the loopback interface its whole subnet, and the last address of every subnet as a broadcast.
 */
export function ownAddresses(interfaces: readonly LinuxInterface[]): OwnAddresses {
  const listed = interfaces.flatMap(({ name, addresses }) => addresses.map((address) => ({ ...address, name })));
  const hasLoopback = listed.some(({ name, address }) => name === "lo" && familyOf(address) === "ipv4");
  const all = [...listed, ...(hasLoopback ? [] : [{ ...LOOPBACK, name: "lo" }])].filter(
    ({ address }) => familyOf(address) === "ipv4",
  );
  const broadcast = [range("0.0.0.0"), range("255.255.255.255"), ...all.flatMap(broadcastsOf)];
  const local = all.flatMap((own) => (own.name === "lo" ? subnetWithoutBroadcast(own) : [singleAddress(own.address)]));
  return { local, broadcast };
}

function broadcastsOf({ address, length, broadcast }: InterfaceAddress): AddressRange[] {
  const stated = broadcast === undefined ? [] : [singleAddress(broadcast)];
  return length < 31 ? [...stated, singleAddress(prefixRange(address, length).last)] : stated;
}

function subnetWithoutBroadcast({ address, length }: InterfaceAddress): AddressRange[] {
  const subnet = prefixRange(address, length);
  if (length >= 31) return [subnet];
  return [{ ...subnet, last: addressFromValue(addressValue(subnet.last) - 1n, "ipv4") }];
}

/** The addresses of the given types as addrtype tells them apart; undefined iff the exports do not say which they are. */
export function addressesOfType(
  types: readonly string[],
  family: Family,
  own: OwnAddresses | undefined,
): AnyOf<Endpoint> | undefined {
  if (types.every((type) => type === "MULTICAST")) return condition([MULTICAST[family]], false);
  if (family === "ipv6" || own === undefined || !types.every((type) => KNOWN_TYPES.has(type))) return undefined;
  const special = { LOCAL: own.local, BROADCAST: own.broadcast, MULTICAST: [MULTICAST.ipv4] };
  const isUnicastListed = types.includes("UNICAST");
  // unicast is everything else, so a list that has it is the complement of the special types it lacks
  const chosen = Object.entries(special).filter(([type]) => types.includes(type) !== isUnicastListed);
  return condition(
    chosen.flatMap(([, ranges]) => ranges),
    isUnicastListed,
  );
}

/** The types of the local table; it has no routes of the last five, so that nothing is of those types. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...["LOCAL", "BROADCAST", "MULTICAST", "UNICAST", "ANYCAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW"],
]);

function condition(ranges: readonly AddressRange[], negated: boolean): AnyOf<Endpoint> {
  return { operands: ranges.map((literal) => ({ literal })), negated };
}
