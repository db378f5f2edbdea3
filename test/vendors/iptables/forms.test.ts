import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import type { Ace } from "../../../src/model/acl.js";
import { requireShared } from "../../shared-path.js";
import { filterDevice } from "./fixtures.js";

interface Form {
  readonly rule: string;
  readonly accepted: boolean;
  readonly canonical: readonly string[] | null;
}

/** The aces of INPUT that the lines become, without where they stand, what they are called and how a doubt is worded. */
function acesOf(lines: readonly string[]): Pick<Ace, "matches" | "action">[] {
  const sets = { sets: "create S hash:ip\nadd S 10.0.0.1\n" };
  const acl = filterDevice(lines, sets).acls.find(({ name }) => name === "filter INPUT")!;
  return acl.aces.slice(1).map(({ matches, action }) => ({
    matches: { ...matches, unmodeled: matches.unmodeled.map(() => "open") },
    action,
  }));
}

describe("iptables: the forms a rule can take", () => {
  let forms: readonly Form[];
  before(function () {
    forms = JSON.parse(readFileSync(join(requireShared(this), "vectors", "kernel-forms.json"), "utf8")) as Form[];
  });

  it("means by every form the kernel takes what its normal form means", () => {
    for (const { rule, canonical } of forms.filter(({ accepted }) => accepted)) {
      const normal = acesOf(canonical ?? []);
      // the kernel makes one rule of each combination where we make one ace of a list
      if (normal.length > 1) expect(acesOf([rule]), rule).to.have.lengthOf(1);
      else expect(acesOf([rule]), rule).to.deep.equal(normal);
    }
  });

  it("is sure of nothing that the kernel refuses for its words", () => {
    const unreadable =
      /unknown protocol|multiple|only be used once|Only one|Bad argument|invalid port|portrange|unknown option|unknown character/;
    const refused = forms.filter(
      ({ accepted, legacy }: Form & { legacy?: string }) => !accepted && unreadable.test(legacy ?? ""),
    );
    // `!` after the option was taken by older versions; a negated list and 22:22 have one meaning they can have
    const isOld = (rule: string): boolean => / ! \d|! -s \S*,| ! (?:eth|tcp|22)|s 22:22/.test(rule);

    expect(refused.length).to.be.above(15);
    for (const { rule } of refused.filter(({ rule }) => !isOld(rule))) {
      expect(
        acesOf([rule]).every(({ matches }) => matches.unmodeled.length > 0),
        rule,
      ).to.equal(true);
    }
  });
});
