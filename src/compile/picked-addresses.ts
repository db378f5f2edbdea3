/** Which addresses of an interface a translation may pick where it takes the interface's own. */
import { type AddressRange, type Family, isSubrange, parseAddressRange } from "../model/address.js";
import type { Translation } from "../model/nat.js";

const range = (text: string): AddressRange => parseAddressRange(text) as AddressRange;
const LOOPBACK: readonly AddressRange[] = [range("127.0.0.0/8"), range("::1")];
const LINK_LOCAL: readonly AddressRange[] = [range("169.254.0.0/16"), range("fe80::/10")];

/**
 * The addresses that packets may get of those the interface has; none iff it may be one of another interface. Linux gives
 * the address of another one to packets that leave by an interface without any that is good everywhere
 * (net/ipv4/devinet.c, inet_select_addr; net/ipv6/addrconf.c, ipv6_dev_get_saddr).
 */
export function pickedAddresses(
  addresses: readonly AddressRange[],
  side: Translation["side"],
  family: Family,
): readonly AddressRange[] {
  const own = addresses.filter((each) => each.family === family);
  if (side === "destination") return own;
  const beyond = own.filter((each) => !isWithin(each, LOOPBACK));
  return beyond.every((each) => isWithin(each, LINK_LOCAL)) ? [] : beyond;
}

function isWithin(address: AddressRange, ranges: readonly AddressRange[]): boolean {
  return ranges.some((each) => isSubrange(address, each));
}
