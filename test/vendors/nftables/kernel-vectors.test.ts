import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { prepareEvaluation } from "../../../src/compile/evaluate-flow.js";
import { requireShared } from "../../shared-path.js";
import {
  addressText,
  emptyTally,
  type KernelVector,
  probeOf,
  RECORDED,
  readVectors,
  replayOn,
  type Tally,
  type VectorPacket,
} from "../iptables/kernel-vectors.js";
import { convertTexts } from "./fixtures.js";

function replay(vectors: readonly KernelVector[]): Tally {
  const tally = emptyTally();
  for (const vector of vectors) {
    const texts = { "rules.nft": vector.ruleset, addresses: addressText(vector.ifaces) };
    replayOn(convertTexts(texts, RECORDED), vector, tally);
  }
  return tally;
}

function summary({ asked, undecided, translations, doubts }: Tally): string {
  const fields = new Map<string, number>();
  for (const [condition, count] of doubts) {
    const field = /^(?:meta|ct|ip6?|ether|fib) \S+|.*/.exec(condition)?.[0] ?? condition;
    fields.set(field, (fields.get(field) ?? 0) + count);
  }
  const open = [...fields].sort((a, b) => b[1] - a[1]).map(([field, count]) => `${field} ${count}`);
  const share = ((100 * undecided) / asked).toFixed(2);
  return `${asked} packets, ${translations.compared} translations, ${share} % undecided: ${open.slice(0, 8).join(", ")}`;
}

interface Case {
  readonly q: Readonly<Record<string, unknown>>;
  readonly answer: string;
  readonly line: string;
}

/**
 * The cases that ask about the rules only: masquerade drops where the recorder's interface had no address, and a packet
 * made here for an address that was the recorder's own left by `lo`, not by the interface the case names.
 */
function casesOf(path: string): readonly Case[] {
  const { cases } = JSON.parse(readFileSync(path, "utf8")) as { readonly cases: readonly Case[] };
  const local = new Set(cases.filter(({ q }) => q["hook"] === "input").map(({ q }) => q["dst"]));
  return cases.filter(
    ({ q, line }) => !line.includes("masquerade") && !(q["hook"] === "output" && local.has(q["dst"])),
  );
}

/** The packet a case asks about; tracking takes ICMP that starts nothing for invalid, whatever the case says. */
function askedPacket(q: Readonly<Record<string, unknown>>): VectorPacket {
  const type = q["icmp_type"];
  const startsNothing = q["proto"] === "icmp" && ![8, 13, 15, 17].includes(Number(type));
  const state = startsNothing ? "INVALID" : q["state"];
  return { ...q, iif: q["in"], oif: q["out"], type, state, hook: String(q["hook"]), verdict: "DROP" };
}

describe("nftables against the kernel", () => {
  let shared: string;
  before(function () {
    shared = requireShared(this);
  });

  for (const path of ["kernel", "kernel-traps.json"]) {
    it(`never disagrees with what the kernel did in vectors/${path}`, () => {
      const tally = replay(readVectors(join(shared, "vectors", path), "nft"));

      console.log(`      ${summary(tally)}`);
      expect(tally.asked).to.be.above(100);
      expect(tally.disagreements).to.deep.equal([]);
      expect(tally.undecidedThoughModelled / tally.asked).to.be.below(0.005);
    });
  }

  for (const name of ["cni-worker.nft", "edpm.nft", "whitey.nft"]) {
    it(`answers as the kernel did about ${name}`, () => {
      const folder = join(shared, "corpus", "nftables");
      const text = readFileSync(join(folder, name), "utf8");
      const cases = casesOf(join(folder, `${name}.kernel.expected.json`));
      const evaluation = prepareEvaluation(convertTexts({ [name]: text }).devices[0]!);

      const wrong = cases.flatMap(({ q, answer }) => {
        const { verdict } = evaluation.evaluate(probeOf(askedPacket(q))!);
        return verdict === "undecided" || (verdict === "accept") === (answer === "permit")
          ? []
          : [{ q, answer, verdict }];
      });

      expect(cases.length).to.be.above(10);
      expect(wrong).to.deep.equal([]);
    });
  }
});
