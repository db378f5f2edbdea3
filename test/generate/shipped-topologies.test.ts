import { expect } from "chai";
import { possiblyAccepted, surelyAccepted } from "../../src/compile/branch.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import { passFirst } from "../../src/compile/pass-device.js";
import { FilterView } from "../../src/generate/open-device.js";
import { bindRoles } from "../../src/intent/bind-roles.js";
import type { Direction } from "../../src/model/device.js";
import { formatDiagnostic } from "../../src/model/diagnostic.js";
import { collectNeeds } from "../../src/pipeline/collect-needs.js";
import { generateAllowLists, writtenLists } from "../../src/pipeline/generate-allow-list.js";
import { loadTopology } from "../../src/pipeline/load-topology.js";
import { Budget } from "../../src/sets/budget.js";
import { describeSet } from "../../src/sets/describe.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { readShipped, SCENARIOS } from "../topologies/prove-shipped.js";

const DIRECTIONS: readonly Direction[] = ["forward", "input", "output"];
const BEGINNING = PacketSet.fromFields({ states: ["new"] });

describe("allow-lists of the shipped topologies", () => {
  for (const scenario of SCENARIOS) {
    it(`make every requirement of ${scenario} provable, as the only filters there are`, async () => {
      const { analysis } = generateAllowLists(await readShipped(scenario), { names: "widen" });

      const errors = analysis?.diagnostics.filter(({ severity }) => severity === "error");
      expect(errors?.map(formatDiagnostic)).to.deep.equal([]);
      expect(analysis?.written.map(({ device }) => device)).to.not.be.empty;
      expect(analysis?.written.every(({ texts }) => texts.length > 0)).to.equal(true);
    });

    it(`accept no packet that no requirement of ${scenario} needs`, async () => {
      const { topology, catalogues, context } = loadTopology(await readShipped(scenario));
      if (context === undefined) throw new Error(`${scenario} cannot be used`);
      const { instances } = bindRoles(topology, catalogues, { only: [] }).value;
      const { packets: needs } = collectNeeds(context, instances);

      for (const { device: name, readBack } of writtenLists(context, needs)) {
        const view = new FilterView(context.devices.get(name)?.device ?? readBack, { names: context.names });
        const compiled = compileDevice(readBack);
        for (const direction of DIRECTIONS.filter((each) => readBack.stages[each].length > 0)) {
          const own = needs.filter((need) => need.device === name && need.direction === direction);
          const needed = PacketSet.unionOf(own.map(({ packets }) => view.at(direction, packets)));
          const asked = BEGINNING.intersect(PacketSet.fromFields({ family: "ipv4" }));
          const branches = passFirst(compiled, direction, asked, new Budget(5_000_000));

          const accepted = possiblyAccepted(branches).forget(UNASKED);
          const excess = accepted.intersect(PORTED).subtract(needed.forget(UNASKED));

          expect(describeSet(excess), `${name} ${direction}`).to.deep.equal([]);
          expect(
            describeSet(needed.forget(["tcpFlags"]).subtract(surelyAccepted(branches).forget(["tcpFlags"]))),
          ).to.deep.equal([]);
        }
      }
    });
  }
});

// What begins connections of protocols with ports and of ICMP; the others have no fields but addresses.
const PORTED = PacketSet.fromFields({ fragment: "first-or-whole" });
const UNASKED = ["tcpFlags", "ingressInterfaces", "egressInterfaces"] as const;
