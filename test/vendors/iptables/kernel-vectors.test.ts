import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { prepareEvaluation } from "../../../src/compile/evaluate-flow.js";
import { requireShared } from "../../shared-path.js";
import { convertTexts, fixture } from "./fixtures.js";
import {
  emptyTally,
  type KernelVector,
  probeOf,
  readVectors,
  replay,
  type Tally,
  type VectorPacket,
} from "./kernel-vectors.js";

function summary({ asked, undecided, translations, doubts }: Tally): string {
  const modules = new Map<string, number>();
  for (const [condition, count] of doubts) {
    const key = /-m \S+ (?:! )?(?:--\S+)?|.*/.exec(condition)?.[0] ?? condition;
    modules.set(key, (modules.get(key) ?? 0) + count);
  }
  const open = [...modules].sort((a, b) => b[1] - a[1]).map(([key, count]) => `${key} ${count}`);
  const share = ((100 * undecided) / asked).toFixed(2);
  return `${asked} packets, ${translations.compared} translations, ${share} % undecided: ${open.slice(0, 8).join(", ")}`;
}

interface ExpectedFile {
  readonly cases: readonly {
    readonly q: Readonly<Record<string, unknown>>;
    readonly answer: string;
    readonly line: unknown;
  }[];
}

/** The packet a case asks about; tracking takes ICMP that starts nothing for invalid, whatever the case says. */
function askedPacket(q: Readonly<Record<string, unknown>>): VectorPacket {
  const type = q["icmp_type"];
  const isReply = q["proto"] === "icmp" && ![8, 13, 15, 17].includes(Number(type));
  const state = isReply ? "INVALID" : q["state"];
  return { ...q, iif: q["in"], oif: q["out"], type, state, hook: String(q["hook"]), verdict: "DROP" };
}

/** Our own fixtures with packets that Linux 6.18 was asked about. */
function recorded(): KernelVector[] {
  const text = readFileSync("test/vendors/iptables/recorded.json", "utf8");
  const vectors = JSON.parse(text) as (Omit<KernelVector, "ruleset" | "ipset"> & { rules: string; sets?: string })[];
  return vectors.map(({ rules, sets, ...vector }) => ({
    ...vector,
    ruleset: fixture(rules),
    ...(sets === undefined ? {} : { ipset: fixture(sets) }),
  }));
}

describe("iptables against the kernel, recorded", () => {
  it("does what the kernel did with every packet of our own fixtures", () => {
    const tally = emptyTally();
    for (const vector of recorded()) replay(vector, tally);

    expect(tally.asked).to.be.above(250);
    expect(tally.disagreements).to.deep.equal([]);
    expect(tally.undecided / tally.asked).to.be.below(0.05);
  });
});

describe("iptables against the kernel", () => {
  let shared: string;
  before(function () {
    shared = requireShared(this);
  });

  for (const path of ["kernel", "kernel-real", "kernel-traps.json"]) {
    it(`never disagrees with what the kernel did in vectors/${path}`, () => {
      const tally = emptyTally();
      for (const vector of readVectors(join(shared, "vectors", path))) replay(vector, tally);

      console.log(`      ${summary(tally)}`);
      expect(tally.asked).to.be.above(100);
      expect(tally.disagreements).to.deep.equal([]);
      expect(tally.undecidedThoughModelled / tally.asked).to.be.below(0.005);
    });
  }

  for (const name of ["aerleon-multitarget.ipt", "net-network-openlab.save"]) {
    it(`names the line by which the kernel decided in ${name}`, () => {
      const folder = join(shared, "corpus", "iptables");
      // the kernel was given the filter table only
      const text = readFileSync(join(folder, name), "utf8").replace(/^\*(?!filter)[\s\S]*?^COMMIT$/gm, (table) =>
        table.replace(/[^\n]/g, ""),
      );
      const { cases } = JSON.parse(readFileSync(join(folder, `${name}.kernel.expected.json`), "utf8")) as ExpectedFile;
      const evaluation = prepareEvaluation(convertTexts({ [name]: text }).devices[0]!);

      const wrong = cases.flatMap(({ q, answer, line }) => {
        const probe = probeOf(askedPacket(q))!;
        const { verdict, decisions } = evaluation.evaluate(probe);
        const decided = decisions.at(-1);
        const where = typeof line === "number" ? decided?.at.line : `policy:${decided?.acl.split(" ").at(-1)}`;
        const isSame = (verdict === "accept") === (answer === "permit") && (where === line || verdict === "undecided");
        return isSame || verdict === "undecided" ? [] : [{ q, answer, line, verdict, where }];
      });

      expect(wrong).to.deep.equal([]);
    });
  }
});
