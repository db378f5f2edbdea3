import { expect } from "chai";
import { withoutFolder } from "../../src/report/short-names.js";

describe("withoutFolder", () => {
  it("tells a path as from inside the folder", () => {
    expect(withoutFolder("site/before/exports/a.conf", "site/before/")).to.equal("exports/a.conf");
    expect(withoutFolder("exports/a.conf", "")).to.equal("exports/a.conf");
  });

  it("goes up one folder for what lies beside it", () => {
    expect(withoutFolder("site/exports/a.conf", "site/before/")).to.equal("../exports/a.conf");
  });

  it("leaves a path as it is that lies elsewhere", () => {
    expect(withoutFolder("/etc/a.conf", "site/before/")).to.equal("/etc/a.conf");
    expect(withoutFolder("other/a.conf", "site/")).to.equal("other/a.conf");
  });
});
