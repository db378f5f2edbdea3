/** The addresses of the device itself and what its local routing table makes of any address. */
import {
  type AddressRange,
  addressFromValue,
  addressValue,
  compareAddresses,
  type Family,
  familyOf,
  isSubrange,
  parseAddressRange,
  prefixRange,
  rangesOverlap,
  singleAddress,
} from "../../model/address.js";
import type { AnyOf, Endpoint } from "../../model/matches.js";
import type { InterfaceAddress, LinuxInterface } from "./linux-interfaces.js";
import type { LocalRoute } from "./routes.js";

/** IPv4 addresses that are the device's own, and those that are broadcasts to it where the exports tell. */
export interface OwnAddresses {
  readonly local: readonly AddressRange[];
  readonly broadcast: readonly AddressRange[] | undefined;
}

const range = (text: string): AddressRange => parseAddressRange(text) as AddressRange;
const MULTICAST: Readonly<Record<Family, AddressRange>> = { ipv4: range("224.0.0.0/4"), ipv6: range("ff00::/8") };
const LIMITED_BROADCAST = range("255.255.255.255");
const ALWAYS_BROADCAST: readonly AddressRange[] = [range("0.0.0.0"), LIMITED_BROADCAST];
const LOOPBACK: InterfaceAddress = { address: range("127.0.0.1").first, length: 8 };

/** The addresses of the machine's own; undefined iff the exports do not tell them, or its routes tell others. */
export function ownAddresses(
  interfaces: readonly LinuxInterface[],
  routes: readonly LocalRoute[],
): OwnAddresses | undefined {
  if (interfaces.length === 0) return undefined;
  const own = localTable(interfaces);
  return areAlike(own, routes) ? own : undefined;
}

/**
 * What Linux puts into its local table for the interfaces (net/ipv4/fib_frontend.c, fib_add_ifaddr, since 5.14): each
 * address itself, on the loopback interface its whole subnet, and while an interface is up the last address of every
 * subnet as a broadcast.
 */
function localTable(interfaces: readonly LinuxInterface[]): OwnAddresses {
  const listed = interfaces.flatMap(({ name, isUp, addresses }) =>
    addresses.map((address) => ({ ...address, name, isUp })),
  );
  const hasLoopback = listed.some(({ name, address }) => name === "lo" && familyOf(address) === "ipv4");
  const all = [...listed, ...(hasLoopback ? [] : [{ ...LOOPBACK, name: "lo", isUp: true }])].filter(
    ({ address }) => familyOf(address) === "ipv4",
  );
  const local = all.flatMap((own) => (own.name === "lo" ? subnetWithoutBroadcast(own) : [singleAddress(own.address)]));
  const broadcast = [...ALWAYS_BROADCAST, ...all.filter(({ isUp }) => isUp !== false).flatMap(broadcastsOf)];
  const isTold = all.every((own) => own.isUp !== undefined || broadcastsOf(own).length === 0);
  const isClear = broadcast.every((each) => !local.some((own) => rangesOverlap(own, each)));
  return { local, broadcast: isTold && isClear ? broadcast : undefined };
}

/** True iff nothing in the routes contradicts the addresses: somebody may have put others into the local table. */
function areAlike({ local, broadcast = [] }: OwnAddresses, routes: readonly LocalRoute[]): boolean {
  const stated = routes.filter(({ isStated }) => isStated);
  const isKnown = ({ type, range }: LocalRoute): boolean =>
    type === "broadcast" ? broadcast.some((each) => isSame(each, range)) : type === "local" && isCovered(range, local);
  const isStated = (type: string, own: AddressRange): boolean =>
    stated.some((route) => route.type === type && isSubrange(own, route.range));
  const expected = broadcast.filter((each) => !ALWAYS_BROADCAST.includes(each));
  return (
    routes.every(isKnown) &&
    (stated.length === 0 ||
      (local.every((own) => isStated("local", own)) && expected.every((own) => isStated("broadcast", own))))
  );
}

function isSame(a: AddressRange, b: AddressRange): boolean {
  return isSubrange(a, b) && isSubrange(b, a);
}

/** The subnet of the loopback interface is one route, of which the last address is a broadcast besides. */
function isCovered(range: AddressRange, local: readonly AddressRange[]): boolean {
  return local.some((own) => isSubrange(range, own) || isSame(range, { ...own, last: nextAddress(own.last) }));
}

function broadcastsOf({ address, length, broadcast }: InterfaceAddress): AddressRange[] {
  const stated = broadcast === undefined ? [] : [singleAddress(broadcast)];
  return length < 31 ? [...stated, singleAddress(prefixRange(address, length).last)] : stated;
}

/** The next address; the last one has none and stays. */
function nextAddress(address: InterfaceAddress["address"]): InterfaceAddress["address"] {
  const isLast = compareAddresses(address, LIMITED_BROADCAST.last) === 0;
  return isLast ? address : addressFromValue(addressValue(address) + 1n, "ipv4");
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
  const ranges = chosen.map(([, each]) => each);
  return ranges.every((each) => each !== undefined) ? condition(ranges.flat(), isUnicastListed) : undefined;
}

/** The types of the local table; it has no routes of the last five, so that nothing is of those types. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  ...["LOCAL", "BROADCAST", "MULTICAST", "UNICAST", "ANYCAST", "BLACKHOLE", "UNREACHABLE", "PROHIBIT", "THROW"],
]);

function condition(ranges: readonly AddressRange[], negated: boolean): AnyOf<Endpoint> {
  return { operands: ranges.map((literal) => ({ literal })), negated };
}
