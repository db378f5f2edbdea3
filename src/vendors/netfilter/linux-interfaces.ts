/** The interfaces of a Linux machine with their addresses. */
import type { Address } from "../../model/address.js";
import type { LineAccount } from "../../model/diagnostic.js";

/** An address of an interface with the length of its subnet. */
export interface InterfaceAddress {
  readonly address: Address;
  readonly length: number;
  readonly broadcast?: Address;
}

/** An interface as `ip addr` shows it. */
export interface LinuxInterface {
  readonly name: string;
  /** Undefined iff the listing does not tell. */
  readonly isUp: boolean | undefined;
  readonly addresses: readonly InterfaceAddress[];
}

/** Output of `ip addr` or `ip -j addr`. */
export interface AddressFile {
  readonly kind: "addresses";
  readonly file: string;
  readonly interfaces: readonly LinuxInterface[];
  readonly lines: readonly LineAccount[];
}
