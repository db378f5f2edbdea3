import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { requireShared } from "../../shared-path.js";
import { fatesOf } from "../line-fates.js";
import { convertTexts } from "./fixtures.js";
import { readVectors } from "./kernel-vectors.js";

const fates = (name: string, text: string) => fatesOf(convertTexts({ [name]: text }), name, text);

describe("iptables: the shared dumps", () => {
  let shared: string;
  before(function () {
    shared = requireShared(this);
  });

  it("reads every line of every dump of the corpus, and rejects none", () => {
    for (const folder of ["iptables", "ufw"].map((name) => join(shared, "corpus", name))) {
      for (const name of readdirSync(folder).filter((each) => !each.endsWith(".json"))) {
        expect(fates(name, readFileSync(join(folder, name), "utf8")), name).not.to.have.property("rejected");
      }
    }
  });

  it("reads every line of every rule set the kernel was asked about, and rejects none", () => {
    for (const path of ["kernel", "kernel-real", "kernel-traps.json"]) {
      for (const { id, ruleset } of readVectors(join(shared, "vectors", path))) {
        expect(fates(id, ruleset), id).not.to.have.property("rejected");
      }
    }
  });
});
