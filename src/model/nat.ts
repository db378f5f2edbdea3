import type { AddressRange } from "./address.js";
import type { PortRange } from "./service.js";

/**
 * What a translating ace does to one side of the packets it matches. `addresses` absent: address unchanged;
 * `ports` absent: port unchanged. More than one value: the device picks one and no rule says which.
 */
export interface Translation {
  readonly side: "source" | "destination";
  readonly addresses?: TranslationAddresses;
  readonly ports?: PortRange;
}

/**
 * - `pool`: any address of the ranges;
 * - `netmap`: the host bits are kept, the network bits replaced (range is one aligned prefix);
 * - `interface`: the addresses of the interface the packet leaves (source) or entered by (destination);
 * - `unresolved`: some address, not known.
 */
export type TranslationAddresses =
  | { readonly kind: "pool"; readonly ranges: readonly AddressRange[] }
  | { readonly kind: "netmap"; readonly range: AddressRange }
  | { readonly kind: "interface" }
  | { readonly kind: "unresolved"; readonly text: string };
