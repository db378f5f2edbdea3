import { expect } from "chai";
import { buildGraph } from "../../src/topology/build-graph.js";
import { findPaths } from "../../src/topology/find-paths.js";
import { TWO_SITES, topologyOf } from "./topology-fixture.js";

describe("findPaths", () => {
  it("finds every simple path, with the kind of the worst network on it", () => {
    const graph = buildGraph(topologyOf(TWO_SITES));

    const { paths, complete } = findPaths(graph, ["office"], ["servers"]);

    expect(complete).to.equal(true);
    expect(paths).to.deep.equal([
      { kind: "internet", nodes: ["office", "branch-edge", "internet", "main-edge", "servers"] },
      { kind: "vpn", nodes: ["office", "branch-edge", "tunnel", "main-edge", "servers"] },
    ]);
  });

  it("takes a network as a path to itself", () => {
    const graph = buildGraph(topologyOf(TWO_SITES));

    expect(findPaths(graph, ["office"], ["office"]).paths).to.deep.equal([{ kind: "lan", nodes: ["office"] }]);
  });

  it("says that it stopped where a mesh has more paths than the limit", () => {
    const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
    const links = names.flatMap((a, i) =>
      names.slice(i + 1).map((b) => `  - { name: ${a}-${b}, kind: lan, between: [${a}, ${b}] }`),
    );
    const networks = names.map((name, i) => `  - { name: ${name}, prefixes: [10.${i}.0.0/16] }`);
    const components = names.map((name, i) => `  - { name: c${i}, network: ${name}, addresses: [10.${i}.0.1] }`);
    const text = ["topology: mesh", "networks:", ...networks, "links:", ...links, "components:", ...components].join(
      "\n",
    );

    const { paths, complete } = findPaths(buildGraph(topologyOf(text)), ["n0"], ["n11"]);

    expect(complete).to.equal(false);
    expect(paths[0]?.nodes).to.deep.equal(["n0", "n0-n11", "n11"]);
  });
});
