import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import type { Ace, Action } from "../../../src/model/acl.js";
import { parseAddressRange } from "../../../src/model/address.js";
import type { Insertion } from "../../../src/model/allow-list.js";
import type { Device } from "../../../src/model/device.js";
import { nftables } from "../../../src/vendors/nftables/index.js";
import { insertAces } from "../../../src/vendors/nftables/insert-aces.js";

const LISTING = readFileSync(
  new URL("../../../../test/vendors/nftables/fixtures/gateway.nft", import.meta.url),
  "utf8",
);
const at = { file: "gateway.nft", line: 1 };

function read(text: string): Device {
  const [device] = nftables.convert([nftables.parse(text, at.file).value], { deviceName: "gateway" }).value.devices;
  return device as Device;
}

const aclOf = (device: Device, name: string) => device.acls.find((acl) => acl.name === name) as Device["acls"][number];
const actionsOf = (text: string, name: string) => aclOf(read(text), name).aces.map(({ action }) => action.kind);

function insertion(name: string, ace: number | undefined, action: Action = { kind: "accept" }): Insertion {
  const acl = aclOf(read(LISTING), name);
  const added: Ace = {
    name: "it's R1",
    enabled: true,
    matches: {
      source: [{ operands: [{ literal: parseAddressRange("10.9.0.5") as never }], negated: false }],
      states: ["new"],
      unmodeled: [],
    },
    action,
    at,
  };
  const stopping = ace === undefined ? undefined : acl.aces[ace];
  return {
    direction: "forward",
    acl: { ...acl, aces: [added] },
    ...(stopping && { stoppedBy: stopping.name }),
    at: stopping?.at ?? acl.at,
  };
}

describe("rules put into a listing of nft", () => {
  it("stand before the rule that stops their packets, with a command that counts from nought", () => {
    const patch = insertAces(LISTING, insertion("inet gateway forward", 1));

    expect(actionsOf(patch?.text ?? "", "inet gateway forward").slice(0, 3)).to.deep.equal([
      "accept",
      "accept",
      "drop",
    ]);
    expect(patch?.commands).to.deep.equal([
      "nft 'insert rule inet gateway forward index 1 meta nfproto ipv4 ip saddr { 10.9.0.5 } ct state { new } accept comment \"it'\\''s R1\"'",
    ]);
  });

  it("stand at the end of the chain where its policy stops them", () => {
    const patch = insertAces(LISTING, insertion("inet gateway forward", undefined, { kind: "drop" }));

    expect(actionsOf(patch?.text ?? "", "inet gateway forward").at(-1)).to.equal("drop");
    expect(patch?.commands[0]).to.match(/^nft 'add rule inet gateway forward meta nfproto ipv4 .* drop comment/);
  });

  it("change no other chain", () => {
    const patch = insertAces(LISTING, insertion("inet gateway input", 2));
    const others = (text: string) =>
      read(text)
        .acls.filter(({ name }) => name !== "inet gateway input")
        .map(({ name, aces }) => [name, aces.map(({ matches, action }) => ({ matches, action }))]);

    expect(others(patch?.text ?? "")).to.deep.equal(others(LISTING));
  });

  it("are not put into a script of commands or JSON", () => {
    const script = "add table inet gateway\nadd chain inet gateway forward\nadd rule inet gateway forward drop\n";

    expect(insertAces(script, insertion("inet gateway forward", 1))).to.equal(undefined);
    expect(insertAces('{"nftables": []}', insertion("inet gateway forward", 1))).to.equal(undefined);
  });

  it("are taken by nft, as a listing and as commands", function () {
    const isThere = spawnSync("sh", ["-c", "command -v nft unshare"]).status === 0 && process.getuid?.() === 0;
    if (!isThere) this.skip();
    for (const [name, ace] of [
      ["inet gateway forward", 1],
      ["inet gateway forward", undefined],
      ["inet gateway input", 8],
    ] as const) {
      const patch = insertAces(LISTING, insertion(name, ace));
      const load = `nft -f - <<'END'\n${LISTING}\nEND\n`;
      const listed = spawnSync("unshare", [
        "--net",
        "sh",
        "-ec",
        `nft -f - <<'END'\n${patch?.text}\nEND\nnft list ruleset`,
      ]);
      const commanded = spawnSync("unshare", [
        "--net",
        "sh",
        "-ec",
        `${load}${patch?.commands.join("\n")}\nnft list ruleset`,
      ]);

      expect([listed.status, String(listed.stderr)]).to.deep.equal([0, ""]);
      expect(String(commanded.stdout)).to.equal(String(listed.stdout));
    }
  });
});
