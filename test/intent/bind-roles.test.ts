import { expect } from "chai";
import { bindRoles } from "../../src/intent/bind-roles.js";
import { checkFacts } from "../../src/intent/check-facts.js";
import { checkRoles } from "../../src/intent/check-roles.js";
import { parseRequirements } from "../../src/intent/parse-requirements.js";
import { parseTopology } from "../../src/intent/parse-topology.js";
import { CATALOGUE } from "./catalogue-text.js";
import { lines } from "./problems.js";

const catalogue = parseRequirements(CATALOGUE, "shop.yaml").value;

interface Host {
  readonly roles: string;
  readonly network?: string;
  readonly facts?: string;
}

function topologyOf(head: string, hosts: Readonly<Record<string, Host>>) {
  const components = Object.entries(hosts).map(
    ([name, { roles, network = "here", facts = "" }], i) =>
      `  - { name: ${name}, roles: [${roles}], network: ${network}, addresses: [10.0.0.${i + 1}], facts: {${facts}} }\n`,
  );
  const networks =
    "networks:\n  - { name: here, site: a }\n  - { name: beside, site: a }\n  - { name: there, site: b }\n";
  return parseTopology(
    `topology: t\ncatalogues: [shop]\n${head}\n${networks}components:\n${components.join("")}`,
    "t.yaml",
  ).value;
}

function bind(head: string, hosts: Readonly<Record<string, Host>>, only: readonly string[] = []) {
  const { value, diagnostics } = bindRoles(topologyOf(head, hosts), [catalogue], { only });
  return {
    pairs: value.instances.map(({ requirement, from, to }) => `${requirement.id} ${from} ${to}`),
    unbound: value.unbound.map(
      ({ instance, explanation }) => `${instance.requirement.id} ${instance.from} ${instance.to}: ${explanation}`,
    ),
    notes: lines(diagnostics),
    instances: value.instances,
  };
}

const ALL = {
  w1: { roles: "web" },
  w2: { roles: "web", network: "beside" },
  d1: { roles: "database" },
  v: { roles: "visitor", network: "there" },
};

describe("bindRoles", () => {
  it("asks every requirement of every pair where no scenario is named", () => {
    const { pairs, unbound, notes } = bind("", ALL);

    expect(pairs).to.deep.equal(["SHOP-1 w1 d1", "SHOP-1 w2 d1", "SHOP-2 v d1", "SHOP-3 w1 v", "SHOP-3 w2 v"]);
    expect(unbound).to.deep.equal([]);
    expect(notes).to.deep.equal([]);
  });

  it("asks only what the scenarios hold", () => {
    expect(bind("scenarios: [paid]", ALL).pairs).to.deep.equal(["SHOP-3 w1 v", "SHOP-3 w2 v"]);
  });

  it("asks only the ids it is told to, with their variants", () => {
    expect(bind("", ALL, ["SHOP-2"]).pairs).to.deep.equal(["SHOP-2 v d1"]);
    expect(bind("", ALL, ["SHOP"]).pairs).to.have.length(5);
    expect(bind("", ALL, ["SHOP-22"]).notes).to.deep.equal([
      "1:1 bind/unknown-id no requirement that applies here is called `SHOP-22`",
    ]);
  });

  it("keeps a requirement whose role nobody plays, and names the role once", () => {
    const { pairs, unbound, notes } = bind("scenarios: [plain, paid]", {
      w1: { roles: "web" },
      v: { roles: "visitor" },
    });

    expect(pairs).to.deep.equal(["SHOP-3 w1 v"]);
    expect(unbound).to.deep.equal([
      "SHOP-1 web database: no component plays `database`",
      "SHOP-2 visitor database: no component plays `database`",
    ]);
    expect(notes).to.deep.equal(["3:13 bind/unplayed-role no component plays `database`, which SHOP-1, SHOP-2 need"]);
  });

  it("pairs only hosts on the sites it is about", () => {
    const { pairs, unbound } = bind("scenarios: [plain]", {
      w1: { roles: "web", network: "there" },
      d1: { roles: "database" },
      v: { roles: "visitor" },
    });

    expect(pairs).to.deep.equal(["SHOP-2 v d1"]);
    expect(unbound).to.deep.equal(["SHOP-1 web database: no two components with the roles are on the same site"]);
  });

  it("never pairs a component with itself, and says where that leaves nothing", () => {
    const { pairs, unbound, notes } = bind("scenarios: [plain]", {
      all: { roles: "web, database" },
      v: { roles: "visitor" },
    });

    expect(pairs).to.deep.equal(["SHOP-2 v all"]);
    expect(unbound).to.deep.equal([]);
    expect(notes).to.deep.equal(["3:13 bind/same-machine SHOP-1 needs no network: `all` plays both roles"]);
  });

  it("leaves out services and pairs that stated facts rule out, and keeps them where nothing is stated", () => {
    const servicesOf = (head: string) =>
      bind(head, ALL, ["SHOP-1"]).instances[0]?.requirement.services.map(({ name }) => name);

    expect(servicesOf("")).to.deep.equal(["sql", "udp/53"]);
    expect(servicesOf("facts: { discovery: dns }")).to.deep.equal(["sql", "udp/53"]);
    expect(servicesOf("facts: { discovery: file }")).to.deep.equal(["sql"]);

    const mixed = {
      ...ALL,
      w1: { roles: "web", facts: "system: windows" },
      w2: { roles: "web", facts: "system: linux" },
    };
    expect(bind("", mixed, ["SHOP-3"]).pairs).to.deep.equal(["SHOP-3 w2 v"]);
  });

  it("says so where facts rule a whole requirement out", () => {
    const windows = { w1: { roles: "web", facts: "system: windows" }, v: { roles: "visitor" } };
    expect(bind("scenarios: [paid]", windows).notes).to.deep.equal([
      "3:13 bind/not-applicable SHOP-3 asks nothing here: the facts of the components rule it out",
    ]);
  });

  it("reports a scenario that no catalogue has", () => {
    expect(bind("scenarios: [plian]", ALL).notes).to.deep.equal([
      "3:13 bind/unknown-scenario no catalogue has a scenario `plian`",
    ]);
  });
});

describe("checkRoles", () => {
  it("reports roles that no catalogue knows, where they stand", () => {
    const [mistake, ...more] = checkRoles(topologyOf("", { w1: { roles: "web, databse" } }), [catalogue]);

    expect(more).to.deep.equal([]);
    expect(mistake).to.deep.include({ code: "bind/unknown-role", help: "did you mean `database`?" });
    expect(mistake?.at).to.deep.equal({ file: "t.yaml", line: 9, column: 30 });
  });
});

describe("checkFacts", () => {
  it("warns of facts that are nearly what a catalogue asks about, and of no others", () => {
    const hosts = { w1: { roles: "web", facts: "memroy-gb: 4, memory-gb: 4, size-gb: 1, disk-gb: 1, colour: red" } };
    const warnings = checkFacts(topologyOf("facts: { discovry: dns, system: linux }", hosts), [catalogue]);

    expect(warnings.map(({ at, help }) => `${at.line}:${at.column} ${help}`)).to.deep.equal([
      "3:20 did you mean `discovery`?",
      "9:88 did you mean `memory-gb`?",
    ]);
  });
});
