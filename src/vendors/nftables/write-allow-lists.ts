/** The allow-lists of one device as one script for `nft -f`. */
import type { AllowListWriter, PlacedAcl, WrittenText } from "../../model/allow-list.js";
import type { Direction } from "../../model/device.js";
import type { Parsed } from "../../model/diagnostic.js";
import { script, writeChain } from "./render.js";

const CHAINS: Readonly<Record<Direction, string>> = { forward: "forward", input: "input", output: "output" };

export const nftablesAllowLists: AllowListWriter = {
  tracking: "explicit",
  splitsFamilies: false,
  holdsNames: false,
  aclName: (direction) => `inet flowproof ${CHAINS[direction]}`,
  write: writeAllowLists,
  notations: [],
};

function writeAllowLists(lists: readonly PlacedAcl[]): Parsed<readonly WrittenText[]> {
  const chains = lists.map(({ acl }) => writeChain(acl, []));
  const diagnostics = chains.flatMap((chain) => chain.diagnostics);
  if (diagnostics.length > 0) return { value: [], diagnostics };
  return { value: [{ ending: ".nft", text: script(chains.map(({ value }) => value ?? [])) }], diagnostics };
}
