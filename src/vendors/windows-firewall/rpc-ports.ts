/** The ports RPC servers take on a machine. */
import type { PortRange } from "../../model/service.js";

/** The fact's name; its value is a range such as `5000-5100`. */
const RPC_PORTS_FACT = "rpc-ports";

// KB 929851 (2010-07-14): the default dynamic ports since Windows Vista and Server 2008
const DEFAULT_RANGE: PortRange = { first: 49152, last: 65535 };

/** What the user states, else the default of Windows since Server 2008. */
export function readRpcPorts(facts: ReadonlyMap<string, string> | undefined): PortRange {
  const match = /^(\d{1,5})-(\d{1,5})$/.exec(facts?.get(RPC_PORTS_FACT)?.trim() ?? "");
  const first = Number(match?.[1]);
  const last = Number(match?.[2]);
  return match !== null && first <= last && last <= 65535 ? { first, last } : DEFAULT_RANGE;
}
