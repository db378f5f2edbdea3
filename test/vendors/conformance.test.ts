/** What every vendor must do, asked of every vendor's own fixtures. */
import { expect } from "chai";
import type { Coverage, Device } from "../../src/model/device.js";
import type { ProxyPolicy } from "../../src/model/proxy.js";
import type { SourceRef } from "../../src/model/source-ref.js";
import type { Vendor } from "../../src/model/vendor.js";
import { vendors } from "../../src/vendors/registry.js";
import { type Fixture, fixtures } from "./fixtures.js";

const SEED = 20240601;
const MUTANTS_PER_FIXTURE = 40;

function load(vendor: Vendor, { text, file }: Fixture) {
  const parsed = vendor.parse(text, file);
  const converted = vendor.convert([parsed.value], { deviceName: "device" });
  return { ...converted.value, diagnostics: [...parsed.diagnostics, ...converted.diagnostics] };
}

function deviceRefs({ acls, sets }: Device): SourceRef[] {
  const inAcls = acls.flatMap(({ at, aces }) => [at, ...aces.map((ace) => ace.at)]);
  return [...inAcls, ...sets.map(({ at }) => at)];
}

function proxyRefs({ aces, listeners, defaultAt, parents }: ProxyPolicy): SourceRef[] {
  return [defaultAt, ...[...aces, ...listeners, ...parents].map(({ at }) => at)];
}

/** Numbers of the lines that hold anything. */
function nonBlankLines(text: string): number[] {
  return text.split(/\r?\n/).flatMap((line, index) => (line.trim() === "" ? [] : [index + 1]));
}

function expectAccounted(coverage: readonly Coverage[], { text, file }: Fixture): void {
  const accounts = coverage.filter((covered) => covered.file === file);
  expect(accounts, `coverage of ${file}`).to.have.length(1);
  const lines = accounts[0]?.lines.map(({ line }) => line);
  expect(lines, file).to.deep.equal(nonBlankLines(text));
}

/** A generator of numbers below a bound: the same seed, the same numbers. */
function numbersFrom(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function* mutants(text: string, next: (bound: number) => number): Generator<string> {
  const noise = ["", "\n", '"', "{", "}", "[", "]", ",", ":", " ", "-", "*", "0", "x", "\u0000", "é", "99999999999"];
  for (let i = 0; i < MUTANTS_PER_FIXTURE; i++) {
    const at = next(text.length + 1);
    if (i % 2 === 0) yield text.slice(0, at);
    else yield text.slice(0, at) + noise[next(noise.length)] + text.slice(at + next(12));
  }
}

for (const vendor of vendors) {
  const own = fixtures(vendor.id);
  const all = [...own, ...fixtures(vendor.id, "broken")];

  describe(`conformance of ${vendor.id}`, () => {
    it("recognises its own fixtures for certain, and no other vendor does", () => {
      for (const { text, file } of own) {
        const certain = vendors.filter((candidate) => candidate.detect(text, file) === "certain").map(({ id }) => id);

        expect(certain, file).to.deep.equal([vendor.id]);
      }
    });

    it("accounts for every non-blank line exactly once, broken files included", () => {
      for (const input of all) {
        const { coverage } = load(vendor, input);

        expectAccounted(coverage, input);
      }
    });

    it("points at lines that exist and hold something", () => {
      for (const input of all) {
        const { devices, proxies, diagnostics } = load(vendor, input);

        const held = new Set(nonBlankLines(input.text));
        for (const { line, structure } of [...devices.flatMap(deviceRefs), ...proxies.flatMap(proxyRefs)]) {
          expect(held.has(line), `${input.file}:${line} ${structure}`).to.equal(true);
        }
        const last = input.text.split(/\r?\n/).length;
        for (const { at, code } of diagnostics) {
          expect(at.line, `${input.file} ${code}`).to.be.within(1, last);
        }
      }
    });

    it("reads the same with Windows line ends", () => {
      for (const input of own) {
        const plain = load(vendor, input);
        const windows = load(vendor, { ...input, text: input.text.replace(/\r?\n/g, "\r\n") });

        expect(windows, input.file).to.deep.equal(plain);
      }
    });

    it(`reads every cut or mutated fixture without throwing (seed ${SEED})`, () => {
      const next = numbersFrom(SEED);
      for (const { text, file } of all) {
        for (const mutant of mutants(text, next)) {
          const { coverage } = load(vendor, { file, text: mutant });

          expectAccounted(coverage, { file, text: mutant });
        }
      }
    });

    it("words its diagnostics as the house does", () => {
      for (const input of all) {
        for (const { code, message } of load(vendor, input).diagnostics) {
          expect(code).to.match(new RegExp(`^${vendor.id}/[a-z-]+$`));
          expect(message, code).to.match(/^[^A-Z].*[^.]$/);
        }
      }
    });
  });
}
