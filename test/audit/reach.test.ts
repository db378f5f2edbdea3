import { expect } from "chai";
import type { Root } from "../../src/audit/attachment.js";
import { ReachSurvey } from "../../src/audit/reach.js";
import { rulesOf } from "../../src/audit/rules.js";
import { compileDevice } from "../../src/compile/compile-device.js";
import { formatAddress } from "../../src/model/address.js";
import type { Device } from "../../src/model/device.js";
import { Budget } from "../../src/sets/budget.js";
import { convertTexts } from "../vendors/iptables/fixtures.js";

const TEXT = [
  "*filter",
  ":INPUT ACCEPT [0:0]",
  ":FORWARD DROP [0:0]",
  ":OUTPUT ACCEPT [0:0]",
  ":hosts - [0:0]",
  ":servers - [0:0]",
  "-A FORWARD -s 192.0.2.0/24 -i eth1 -j hosts",
  "-A FORWARD -d 198.51.100.0/24 -o eth2 -j servers",
  "-A hosts -s 192.0.2.7 -j DROP",
  "-A servers -p tcp -m tcp --dport 443 --syn -j ACCEPT",
  "COMMIT",
  "",
].join("\n");

describe("a survey of what rules packets reach", () => {
  it("finds packets of a rule behind a jump that a rule behind another one would treat otherwise", () => {
    const compiled = compileDevice(convertTexts({ "edge.save": TEXT }).devices[0] as Device);
    const survey = new ReachSurvey(compiled, new Budget(1e6));
    const rule = rulesOf(compiled).find(({ at }) => at.line === 9)!;
    const root = survey.roots.find(({ acls }) => acls.has(rule.aces[0]!.acl.acl.name)) as Root;

    const packets = [...survey.contestedPackets(root, rule.aces[0]!, "drop")];

    expect(
      packets.map(({ source, destination, destinationPort, ingressInterface, egressInterface }) => ({
        ...{ source: formatAddress(source), destination: formatAddress(destination) },
        ...{ destinationPort, ingressInterface, egressInterface },
      })),
    ).to.deep.equal([
      {
        ...{ source: "192.0.2.7", destination: "198.51.100.0", destinationPort: 443 },
        ...{ ingressInterface: "eth1", egressInterface: "eth2" },
      },
    ]);
    expect(survey.points.without(rule, root, "drop")(packets[0]!)).to.equal(false);
  });
});
