/** What the state of a packet tells about the status of its connection (include/uapi/linux/netfilter/nf_conntrack_common.h). */
import type { ConnectionState } from "../../model/matches.js";

/** Bits of the status, by the names that nft gives them. */
export const STATUS_BITS = {
  ...{ expected: 1, "seen-reply": 2, assured: 4, confirmed: 8, snat: 16, dnat: 32, dying: 512 },
} as const;

const { expected, "seen-reply": seenReply, assured, confirmed, snat, dnat } = STATUS_BITS;

/** The kernel has sixteen bits. */
const ALL_STATUS_BITS = 0xffff;

/** Which translations some rule of the machine makes: where none does, no connection has the bit. */
export interface Translations {
  readonly source: boolean;
  readonly destination: boolean;
}

interface KnownBits {
  readonly set: number;
  readonly clear: number;
}

/**
 * A connection has its reply, and has been let pass, iff its packets are established; before, it is neither assured, which
 * takes a reply (nf_conntrack_proto_tcp.c), nor expected, which would make the packet related (nf_conntrack_core.c).
 */
const BY_STATE: Readonly<Partial<Record<ConnectionState, KnownBits>>> = {
  new: { set: 0, clear: expected | seenReply | assured },
  established: { set: seenReply | confirmed, clear: 0 },
  related: { set: 0, clear: 0 },
};

/**
 * The states that a packet may really have where rules put packets into zones of connections: a later packet that comes in
 * another zone than the first belongs to no connection there, so that it is new, or invalid (nf_conntrack_core.c).
 */
export function statesInZones(state: ConnectionState): readonly ConnectionState[] {
  return state === "established" || state === "related" ? [state, "new", "invalid"] : [state];
}

/** Whether the status of a packet's connection passes a test; undefined iff that is open, `never` where it has none. */
export function statusPasses(
  state: ConnectionState,
  translations: Translations,
  test: (status: number) => boolean,
): boolean | undefined | "never" {
  const known = BY_STATE[state];
  if (known === undefined) return "never";
  const clear = known.clear | (translations.source ? 0 : snat) | (translations.destination ? 0 : dnat);
  const open = ALL_STATUS_BITS & ~known.set & ~clear;
  const first = test(known.set);
  // every combination of the open bits, down to none
  for (let bits = open; bits !== 0; bits = (bits - 1) & open) {
    if (test(known.set | bits) !== first) return undefined;
  }
  return first;
}
