import { expect } from "chai";
import { indexTopology, listCrossings } from "../../src/topology/list-crossings.js";
import { TWO_SITES, topologyOf } from "./topology-fixture.js";

describe("listCrossings", () => {
  it("asks the guards of the source, the devices between, and the guards of the destination, in that order", () => {
    const index = indexTopology(topologyOf(TWO_SITES));
    const path = { kind: "internet" as const, nodes: ["office", "branch-edge", "internet", "main-edge", "servers"] };

    const crossings = listCrossings(index, index.components.get("client")!, path, index.components.get("server")!);

    const told = crossings.map((c) =>
      c.kind === "internet" ? c.name : `${c.device.name} ${c.direction} ${c.ingress.join()}>${c.egress.join()}`,
    );
    expect(told).to.deep.equal([
      "client-firewall output >",
      "branch-edge forward lan0>wan0",
      "internet",
      "main-edge forward wan0>lan0",
      "servers-guard input >",
      "server-firewall input >",
    ]);
  });
});
