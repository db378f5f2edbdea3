import { expect } from "chai";
import { compileDevice } from "../../src/compile/compile-device.js";
import { passFirst } from "../../src/compile/pass-device.js";
import { Budget } from "../../src/sets/budget.js";
import { PacketSet } from "../../src/sets/packet-set.js";
import { convertTexts } from "../vendors/nftables/fixtures.js";

const MARKS = `table ip marks {
  chain marks {
    type filter hook prerouting priority -300; policy accept;
    limit rate 1/second meta mark set 0x1
    limit rate 1/second meta mark set 0x2
  }
}
`;

/** Branches behind stages of which each may do anything, so that each multiplies them. */
function branchesBehind(unread: number) {
  const [device] = convertTexts({ "rules.nft": MARKS + "}\n".repeat(unread) }).devices;
  if (device === undefined) throw new Error("no device");
  return passFirst(compileDevice(device), "forward", PacketSet.all, new Budget(2_000_000));
}

describe("the budget of a passage", () => {
  it("is enough for what a few unread statements make possible", () => {
    const conditions = branchesBehind(4).flatMap(({ doubts }) => doubts.map(({ condition }) => condition));

    expect(conditions).to.include("}").and.not.include("too complex");
  });

  it("ends what each stage multiplies, with both answers and the reason", () => {
    const branches = branchesBehind(30);

    expect(branches.map(({ disposition }) => disposition).sort()).to.deep.equal(["accept", "drop"]);
    expect(branches.every(({ doubts }) => doubts.some(({ condition }) => /too complex/.test(condition)))).to.equal(
      true,
    );
  });
});
