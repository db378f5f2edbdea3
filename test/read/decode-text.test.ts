import { expect } from "chai";
import { decodeText } from "../../src/read/decode-text.js";

const text = "Rule Name:  Façade\r\nEnabled:    Yes\r\n";
const plain = "Rule Name:  Façade\nEnabled:    Yes\n";

function bytes(...parts: (string | number[])[]): Uint8Array {
  return Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part, "utf8") : Buffer.from(part))));
}

function bigEndian(source: string): number[] {
  return [...Buffer.from(source, "utf16le").swap16()];
}

describe("decodeText", () => {
  for (const [name, input] of Object.entries({
    "UTF-8": bytes(text),
    "UTF-8 with a byte order mark": bytes([0xef, 0xbb, 0xbf], text),
    "UTF-16LE with a byte order mark": bytes([0xff, 0xfe], [...Buffer.from(text, "utf16le")]),
    "UTF-16LE without one": bytes([...Buffer.from(text, "utf16le")]),
    "UTF-16BE with a byte order mark": bytes([0xfe, 0xff], bigEndian(text)),
    "UTF-16BE without one": bytes(bigEndian(text)),
  })) {
    it(`reads ${name} and makes line ends plain`, () => {
      expect(decodeText(input)).to.deep.equal({ kind: "text", text: plain });
    });
  }

  it("reads what a redirected Windows program writes as one line end", () => {
    expect(decodeText(bytes("a\r\r\nb\r\r\n"))).to.deep.equal({ kind: "text", text: "a\nb\n" });
  });

  it("falls back to Windows-1252 with a remark where the bytes are not UTF-8", () => {
    const decoded = decodeText(bytes("name: Fa", [0xe7], "ade\n"));

    expect(decoded).to.include({ kind: "text", text: "name: Façade\n" });
    expect(decoded).to.have.property("remark").that.includes("not valid UTF-8");
  });

  it("replaces half a character at the end of UTF-16 and says so", () => {
    const decoded = decodeText(bytes([0xff, 0xfe], [...Buffer.from("ok\n", "utf16le")], [0x41]));

    expect(decoded).to.have.property("remark").that.includes("not valid UTF-16LE");
  });

  it("refuses bytes that are no text and says what they are", () => {
    expect(decodeText(bytes("*filter\n", [0, 0, 0, 1]))).to.include({ kind: "binary", reason: "it holds zero bytes" });
    expect(decodeText(bytes([1, 2, 3, 4, 5, 6, 7, 8]))).to.include({ kind: "binary" });
    expect(decodeText(bytes([0x1f, 0x8b, 8, 0])))
      .to.have.property("reason")
      .that.includes("gzip");
  });

  it("takes time linear in a long run of carriage returns", () => {
    const started = performance.now();

    decodeText(bytes("\r".repeat(4_000_000)));

    expect(performance.now() - started).to.be.below(2000);
  });
});
