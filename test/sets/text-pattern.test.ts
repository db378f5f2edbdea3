import { expect } from "chai";
import fc from "fast-check";
import { hostsFound } from "../../src/sets/host-pattern.js";
import { formatHosts, hasHost, isSubsetOfHosts } from "../../src/sets/host-set.js";
import { compilePattern, type TextPart } from "../../src/sets/text-pattern.js";

const ANY: TextPart = { anyOf: [{ first: 33, last: 126 }] };

function find(pattern: string, ...parts: TextPart[]): string | undefined {
  return compilePattern(pattern, false)?.find(parts);
}

describe("text patterns", () => {
  it("are found as the GNU library finds extended expressions", () => {
    // Each line was asked of Squid 5.7 as a url_regex.
    const found: [string, string][] = [
      ["\\d", "d5"],
      ["a+?$", "b"],
      ["a{2}", "aa"],
      ["a|", "b"],
      ["()", "x"],
      ["[[:digit:]]", "x5"],
      ["a**b", "b"],
      ["[\\.]", "."],
      ["[a\\]]", "a]"],
      ["^$", ""],
      ["a/b", "a/b"],
      ["x[^a-z]", "x1"],
    ];
    for (const [pattern, text] of found) expect(find(pattern, text), pattern).to.equal("always");
    expect(find("\\d", "5")).to.equal("never");
    expect(find("[a\\]]", "a")).to.equal("never");
  });

  it("are refused where they are malformed or mean what is not modelled", () => {
    const refused = [
      "*a",
      "(a",
      "a)",
      "[a",
      "{a",
      "a{",
      "(a)\\1",
      "\\bfoo",
      "^*a",
      "a\\",
      "[[.a.]]",
      "[b-a]",
      "\u00e4",
    ];
    for (const pattern of refused) expect(compilePattern(pattern, false), pattern).to.equal(undefined);
  });

  it("say of a text known in part whether its unknown part decides", () => {
    expect(find("\\.windows\\.net$", ANY, ".blob.core.windows.net")).to.equal("always");
    expect(find("^[!-~]+:443$", ANY, "x:443")).to.equal("always");
    expect(find("facebook", ANY, ".blob.core.windows.net")).to.equal("sometimes");
    expect(find("^10\\.", { anyOf: [{ first: 97, last: 122 }] }, ".test")).to.equal("never");
  });

  it("agree with the language's own expressions on small patterns", () => {
    const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "(a|b)", "(ab|)", "\\.");
    const piece = fc.tuple(atom, fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,3}")).map((pair) => pair.join(""));
    const pattern = fc
      .tuple(fc.constantFrom("", "^"), fc.array(piece, { maxLength: 5 }), fc.constantFrom("", "$"))
      .map(([start, pieces, end]) => start + pieces.join("") + end);
    fc.assert(
      fc.property(pattern, fc.string({ unit: fc.constantFrom("a", "b", ".", "x") }), (source, text) => {
        expect(find(source, text)).to.equal(new RegExp(source).test(text) ? "always" : "never");
      }),
      { numRuns: 3000 },
    );
  });

  it("never claim for an unknown part what one value of it disproves", () => {
    const source = fc.constantFrom("a", "^a", "a$", "^[ab]+$", "^.b", "(^|b)a", "ab?$", "^b*$", "^(ab)*$");
    const unit = fc.constantFrom("a", "b");
    fc.assert(
      fc.property(
        source,
        fc.string({ unit }),
        fc.string({ unit }),
        fc.string({ unit }),
        (pattern, left, gap, right) => {
          const claim = find(pattern, left, { anyOf: [{ first: 97, last: 98 }] }, right);
          const isFound = new RegExp(pattern).test(left + gap + right);
          if (claim !== "sometimes") expect(claim).to.equal(isFound ? "always" : "never");
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("take bounded time whatever the pattern", () => {
    const hostile = [
      "(a*)*b",
      "(a|a)*b",
      "((a{99}){99}){99}",
      "(.*a){20}",
      ".*.*.*.*.*x",
      "(".repeat(5000),
      "a?".repeat(2000),
    ];
    const started = process.cpuUsage();

    for (const pattern of hostile) compilePattern(pattern, true)?.find(["a".repeat(3000), ANY, "c"]);

    expect(process.cpuUsage(started).user / 1000).to.be.below(5000);
  });
});

describe("hosts a pattern is found in", () => {
  function bounds(pattern: string): { surely: string[]; isExact: boolean } {
    const found = hostsFound(compilePattern(pattern, false)!.tree);
    return { surely: formatHosts(found.surely).sort(), isExact: isSubsetOfHosts(found.possibly, found.surely) };
  }

  it("are exact for the forms people write for domains", () => {
    expect(bounds("^www\\.example\\.com$")).to.deep.equal({ surely: ["www.example.com"], isExact: true });
    expect(bounds("\\.example\\.com$")).to.deep.equal({ surely: ["*.example.com"], isExact: true });
    expect(bounds("^.*\\.example\\.com$")).to.deep.equal({ surely: ["*.example.com"], isExact: true });
    expect(bounds("(^|\\.)example\\.(com|net)$")).to.deep.equal({
      surely: ["*.example.com", "*.example.net", "example.com", "example.net"],
      isExact: true,
    });
    expect(bounds("^(www\\.)?example\\.com$")).to.deep.equal({
      surely: ["example.com", "www.example.com"],
      isExact: true,
    });
  });

  it("are bounds for every other form", () => {
    expect(bounds("example\\.com$")).to.deep.equal({ surely: ["*.example.com", "example.com"], isExact: false });
    expect(bounds("^www.example.com$")).to.deep.equal({ surely: ["www.example.com"], isExact: false });
    expect(bounds("example")).to.deep.equal({ surely: [], isExact: false });
    expect(bounds("^[a-z0-9]+\\.example\\.com$")).to.deep.equal({ surely: [], isExact: false });
    expect(bounds("\\.5$")).to.deep.equal({ surely: [], isExact: false });
  });

  it("bracket what a search finds, for every form and host", () => {
    const piece = fc.constantFrom("a", "b", "\\.", ".", ".*", "(a|b)", "(a\\.)?", "[ab]", "(^|\\.)", "5", "B", ".+");
    const pattern = fc
      .tuple(fc.constantFrom("", "^"), fc.array(piece, { maxLength: 5 }), fc.constantFrom("", "$", "$"))
      .map(([start, pieces, end]) => start + pieces.join("") + end);
    const host = fc.oneof(
      fc.array(fc.constantFrom("a", "b", "ab", "5a"), { minLength: 1, maxLength: 4 }).map((labels) => labels.join(".")),
      fc.constantFrom("10.0.0.5", "5.5.5.5"),
    );
    fc.assert(
      fc.property(pattern, host, (source, name) => {
        const compiled = compilePattern(source, false)!;
        const { surely, possibly } = hostsFound(compiled.tree);
        const isFound = compiled.find([name]) === "always";
        if (hasHost(surely, name)) expect(isFound, `${source} surely ${name}`).to.equal(true);
        if (isFound) expect(hasHost(possibly, name), `${source} possibly ${name}`).to.equal(true);
      }),
      { numRuns: 5000 },
    );
  });
});
