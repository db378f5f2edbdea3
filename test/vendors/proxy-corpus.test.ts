import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Vendor } from "../../src/model/vendor.js";
import { pac } from "../../src/vendors/pac/index.js";
import { squid } from "../../src/vendors/squid/index.js";
import { winhttp } from "../../src/vendors/winhttp/index.js";
import { requireShared } from "../shared-path.js";

const VENDORS: readonly Vendor[] = [squid as Vendor, pac as Vendor, winhttp as Vendor];

describe("every file of the shared corpus about proxies", () => {
  for (const vendor of VENDORS) {
    it(`is recognised as ${vendor.id} and has one fate for each of its lines, none rejected`, function () {
      const folder = join(requireShared(this), "corpus", vendor.id);
      const names = readdirSync(folder).filter((name) => !name.endsWith(".json"));

      for (const name of names) {
        const text = readFileSync(join(folder, name), "utf8");
        const { value } = vendor.convert([vendor.parse(text, name).value], { deviceName: "d" });
        const lines = value.coverage.flatMap((coverage) => coverage.lines);
        const nonBlank = text.split(/\r?\n/).flatMap((line, index) => (line.trim() === "" ? [] : [index + 1]));

        expect(vendor.detect(text, name), name).to.equal("certain");
        expect(
          lines.map(({ line }) => line),
          name,
        ).to.deep.equal(nonBlank);
        expect(
          lines.filter(({ fate }) => fate === "rejected"),
          name,
        ).to.deep.equal([]);
      }
      expect(names).to.not.be.empty;
      console.log(`      ${names.length} files`);
    });
  }
});
