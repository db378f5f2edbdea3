/** Where the assignable fields of a packet set lie in a diagram. */
import type { Family } from "../model/address.js";
import type { PacketFields } from "./fields.js";
import * as layout from "./layout.js";

/** Fields that can be forgotten or assigned. */
export type PacketField = Exclude<keyof PacketFields, "family" | "protocols" | "fragment">;

const LEVEL_OF = {
  destinationPorts: layout.HIGH,
  icmpTypes: layout.HIGH,
  sourcePorts: layout.LOW,
  icmpCodes: layout.LOW,
  tcpFlags: layout.FLAGS,
  states: layout.STATE,
  tags: layout.TAG,
};

/** The levels of a field in the diagrams of a family. */
export function blockOf(field: PacketField, family: Family): layout.Block {
  switch (field) {
    case "sources":
      return layout.sourceBlock(family);
    case "destinations":
      return layout.destinationBlock(family);
    case "ingressInterfaces":
      return layout.INGRESS;
    case "egressInterfaces":
      return layout.EGRESS;
    default:
      return { first: LEVEL_OF[field], words: 1 };
  }
}
