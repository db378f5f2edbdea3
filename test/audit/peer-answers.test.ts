import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Difference } from "../../src/model/difference.js";
import { auditExports } from "../../src/pipeline/audit-exports.js";
import { diffExports } from "../../src/pipeline/diff-exports.js";
import { requireShared } from "../shared-path.js";
import { type TranslatedList, translateList } from "./rules-of-list.js";

interface Unreachable {
  readonly line: string;
  readonly blocking: readonly string[];
  readonly different_action: boolean;
}

interface Case {
  readonly kind: string;
  readonly unreachable: readonly Unreachable[];
  readonly answer: readonly Unreachable[] & readonly { readonly old: string; readonly new: string }[];
}

const SCOPE = { directions: [["forward", "forward"] as const], family: "ipv4" as const };

describe("a peer's answers in the shared corpus", () => {
  let folder: string;

  before(function () {
    folder = join(requireShared(this), "corpus", "cisco-ios");
  });

  const list = (file: string, name: string) => translateList(readFileSync(join(folder, file), "utf8"), name);
  const cases = (file: string): Case[] => JSON.parse(readFileSync(join(folder, file), "utf8")).cases;
  const plain = (line: string) => line.replaceAll(/\s+/g, " ");

  /** What the audit finds, in the peer's words. */
  function unreachableIn({ text, lines }: TranslatedList): Unreachable[] {
    const request = { checks: ["shadowed-ace"], severity: "info" as const, today: "2026-01-01" };
    const findings = auditExports([{ file: "list", text }], request).value?.findings ?? [];
    const named = (line: number) => plain(lines.get(line) ?? `line ${line}`);
    return [...findings]
      .sort((a, b) => a.subject.line - b.subject.line)
      .map(({ subject, evidence, severity }) => ({
        line: named(subject.line),
        blocking: evidence.map(({ at }) => named(at.line)),
        different_action: severity === "error",
      }));
  }

  it("name the same unreachable lines, with the same lines that block them", () => {
    const [known] = cases("pybatfish-filters.expected.json").filter(({ kind }) => kind === "unreachable");
    // Routers take a bare address for one host; the peer writes it as it stands.
    const found = unreachableIn(list("pybatfish-filters/current/rtr-with-acl.cfg", "acl_in"));

    expect(found.map((one) => ({ ...one, line: one.line.replace(/^(670 .*)\/32/, "$1") }))).to.deep.equal(
      known?.unreachable,
    );
  });

  it("name the same unreachable lines of lists with wildcard masks", () => {
    const [known] = cases("batfish-example.expected.json").filter(({ kind }) => kind === "unreachable");
    const found = ["RESTRICT_HOST_TRAFFIC_OUT", "RESTRICT_HOST_TRAFFIC_IN"].flatMap((name) =>
      unreachableIn(list("batfish-example/as2dept1.cfg", name)),
    );
    const expected = (known?.answer ?? []).map(({ line, blocking, different_action }) => ({
      ...{ line: plain(line), blocking: blocking.map(plain), different_action },
    }));

    expect(found).to.deep.equal(expected);
  });

  function differenceOf(before: TranslatedList, after: TranslatedList, expect?: string): Difference {
    const side = (file: string, { text }: TranslatedList) => ({ inputs: [{ file, text }] });
    const request = {
      scope: SCOPE,
      ...(expect === undefined ? {} : { expect: { file: "change.yaml", text: expect } }),
    };
    const { value } = diffExports(side("before", before), side("after", after), request);
    return value as Difference;
  }

  function changedLines({ devices }: Difference, before: TranslatedList, after: TranslatedList) {
    const changes = devices.flatMap(({ directions }) => directions.flatMap((one) => one.changes));
    return changes.map((change) => ({
      new: plain(after.lines.get(change.after.at.line) ?? "default"),
      old: plain(before.lines.get(change.before.at.line) ?? "default"),
    }));
  }

  it("name the same lines that decide differently after a list was rewritten", () => {
    const [known] = cases("pybatfish-refactor.expected.json").filter(({ kind }) => kind === "diff-lines");
    const before = list("pybatfish-refactor/original_acl.nxos", "acl");
    const after = list("pybatfish-refactor/compressed_acl.nxos", "acl");
    const inOrder = (pairs: readonly { readonly old: string; readonly new: string }[]) =>
      pairs.map((one) => `${one.old} / ${one.new}`).sort();

    expect(inOrder(changedLines(differenceOf(before, after), before, after))).to.deep.equal(
      inOrder(known?.answer ?? []),
    );
  });

  it("agree on a change: the first candidate does more than it should, the second just that", () => {
    const change = `change: web
allow:
  - { from: [10.10.10.0/24], to: [18.18.18.0/27], services: [tcp/80, tcp/8080] }
`;
    const current = list("pybatfish-filters/current/rtr-with-acl.cfg", "acl_in");
    const [first, second] = ["candidate1", "candidate2"].map((name) =>
      list(`pybatfish-filters/${name}/rtr-with-acl.cfg`, "acl_in"),
    );
    const [one, two] = [first, second].map((candidate) => differenceOf(current, candidate as TranslatedList, change));
    const results = ({ expected }: Difference) => expected?.steps.map(({ result }) => result);
    const damage = changedLines(one as Difference, current, first as TranslatedList);

    expect(damage.map((pair) => pair.old)).to.include("2020 deny tcp any any");
    expect(damage.map((pair) => pair.new)).to.include("462 permit tcp 10.10.10.0/24 18.18.18.0/26 eq 80");
    expect(results(one as Difference)?.[2]).to.equal("refuted");
    expect(results(two as Difference)?.[2]).to.equal("proved");
  });
});
