import { expect } from "chai";
import { generateCompany } from "../../bench/generate-company.js";
import { bindRoles } from "../../src/intent/bind-roles.js";
import type { ProveInputs } from "../../src/model/inputs.js";
import { loadTopology } from "../../src/pipeline/load-topology.js";
import type { ProofContext } from "../../src/prove/proof-context.js";
import { proveRequirement } from "../../src/prove/prove-requirement.js";
import { provedTogether } from "../../src/prove/prove-together.js";
import { REPAIRED, readShipped, SCENARIOS } from "../topologies/prove-shipped.js";

/** How many are proved one by one, and those that are said to be proved together and are not. */
function compare(inputs: ProveInputs): { together: number; alone: number; wrong: string[] } {
  const { topology, catalogues, context } = loadTopology(inputs);
  const { instances } = bindRoles(topology, catalogues, { only: [] }).value;
  const together = provedTogether(context as ProofContext, instances);
  const alone = new Set(
    instances.filter((one) => proveRequirement(context as ProofContext, one, () => true).kind === "proved"),
  );
  const wrong = [...together].filter((one) => !alone.has(one));
  return {
    together: together.size,
    alone: alone.size,
    wrong: wrong.map(({ requirement, from, to }) => `${requirement.id} ${from} -> ${to}`),
  };
}

describe("requirements proved together", () => {
  for (const [scenario, file] of [
    ...SCENARIOS.map((name) => [name, "topology.yaml"] as const),
    ...REPAIRED.map((name) => [name, "before/topology.yaml"] as const),
  ]) {
    it(`are proved each by itself in ${scenario}/${file}`, async () => {
      expect(compare(await readShipped(scenario, file)).wrong).to.deep.equal([]);
    });
  }

  it("are all that are proved where no device translates, and none of those that mistakes break", () => {
    for (const seed of [1, 2, 3]) {
      const company = generateCompany({ components: 80, requirements: 300, lines: 400, seed });

      const { together, alone, wrong } = compare(company);

      expect(wrong).to.deep.equal([]);
      expect(together, `seed ${seed}`).to.equal(alone);
      expect(alone).to.be.lessThan(300);
    }
  });
});
