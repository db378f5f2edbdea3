import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { requireShared } from "../../shared-path.js";
import { readVectors } from "../iptables/kernel-vectors.js";
import { fatesOf } from "../line-fates.js";
import { convertTexts } from "./fixtures.js";

const fates = (name: string, text: string) => fatesOf(convertTexts({ [name]: text }), name, text);

describe("nftables: the shared dumps", () => {
  let shared: string;
  before(function () {
    shared = requireShared(this);
  });

  it("reads every line of every dump of the corpus, and rejects none", () => {
    const folder = join(shared, "corpus", "nftables");
    for (const name of readdirSync(folder).filter((each) => !each.endsWith(".expected.json"))) {
      expect(fates(name, readFileSync(join(folder, name), "utf8")), name).not.to.have.property("rejected");
    }
  });

  it("reads every line of every rule set the kernel was asked about, and rejects none", () => {
    for (const path of ["kernel", "kernel-traps.json"]) {
      const vectors = readVectors(join(shared, "vectors", path), "nft");
      expect(vectors.length, path).to.be.above(0);
      for (const { id, ruleset } of vectors) {
        expect(fates(id, ruleset), id).not.to.have.property("rejected");
      }
    }
  });
});
