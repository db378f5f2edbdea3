import { expect } from "chai";
import type { Detection, Vendor } from "../../src/model/vendor.js";
import { detectVendor } from "../../src/pipeline/detect-vendor.js";

/** A format whose exports start with its id; `maybe` in a text makes it possible. */
function wordFormat(id: string): Vendor {
  const detect = (text: string): Detection =>
    text.startsWith(id) ? "certain" : text.includes("maybe") ? "possible" : "no";
  const conversion = { devices: [], proxies: [], coverage: [] };
  return {
    id,
    title: id,
    docs: [],
    exportCommand: `show ${id}`,
    detect,
    parse: (text) => ({ value: text, diagnostics: [] }),
    convert: () => ({ value: conversion, diagnostics: [] }),
  };
}

const vendors = [wordFormat("oak"), wordFormat("oakwood"), wordFormat("elm")];
const input = (text: string) => ({ file: `${text}.txt`, text });

describe("detectVendor", () => {
  it("takes the only format that is certain", () => {
    const found = detectVendor([input("elm rules")], vendors);

    expect(found.value?.id).to.equal("elm");
    expect(found.diagnostics).to.deep.equal([]);
  });

  it("takes further files of the same device that are only possible", () => {
    const found = detectVendor([input("maybe addresses"), input("elm rules")], vendors);

    expect(found.value?.id).to.equal("elm");
  });

  it("says where a file of flowproof's own goes", () => {
    const messages = ["topology: site\nnetworks: []", "catalogue: needs"].map(
      (text) => detectVendor([{ file: "mine.yaml", text }], vendors).diagnostics[0],
    );

    expect(messages.map((one) => [one?.code, one?.message, one?.help])).to.deep.equal([
      [
        "read/no-export",
        "it is a topology of flowproof, and no export",
        "name one of its exports, or give it as `--topology`",
      ],
      ["read/no-export", "it is a catalogue of flowproof, and no export", "a topology names it under `catalogues`"],
    ]);
  });

  it("refuses a set of files of which one is of no known format", () => {
    const found = detectVendor([input("elm rules"), input("poem")], vendors);

    expect(found.value).to.equal(undefined);
  });

  it("names the candidates where several are certain", () => {
    const found = detectVendor([input("oakwood rules")], vendors);

    expect(found.value).to.equal(undefined);
    expect(found.diagnostics[0]?.code).to.equal("read/ambiguous-format");
    expect(found.diagnostics[0]?.message).to.include("oak and as oakwood");
    expect(found.diagnostics[0]?.help).to.include("--as oak");
  });

  it("names what it may be, or every format, where none is certain", () => {
    const [maybe] = detectVendor([input("maybe")], vendors).diagnostics;
    const [nothing] = detectVendor([input("poem")], vendors).diagnostics;

    expect(maybe?.help).to.include("it may be oak or oakwood or elm");
    expect(nothing?.help).to.equal("formats: oak, oakwood, elm");
  });

  it("says for files of tools that write rules which command prints what they have loaded", () => {
    const help = (text: string) => detectVendor([{ file: "f", text }], vendors).diagnostics[0]?.help;

    expect(help('<?xml version="1.0"?>\n<zone target="DROP">\n</zone>\n')).to.include("nft list ruleset");
    expect(help("public (active)\n  target: default\n  services: ssh\n")).to.include("nft list ruleset");
    expect(help("config defaults\n\toption input 'REJECT'\n")).to.include("nft list ruleset");
    expect(help("#ACTION SOURCE DEST PROTO\nACCEPT net fw tcp 22\n")).to.include("iptables-save");
    expect(help("table filter {\n chain INPUT {\n  policy DROP;\n }\n}\n")).to.include("iptables-save");
    expect(help("ufw allow 22/tcp\n")).to.include("iptables-save");
  });

  it("obeys the format the user names, if there is such a format", () => {
    expect(detectVendor([input("poem")], vendors, "elm").value?.id).to.equal("elm");
    expect(detectVendor([input("poem")], vendors, "ash").diagnostics[0]?.code).to.equal("read/unknown-vendor");
  });
});
