import { expect } from "chai";
import { squid } from "../../../src/vendors/squid/index.js";

/** The complaints about a configuration with this line that Squid 5.7 would not start with it. */
function refusals(line: string): string[] {
  const { diagnostics } = squid.convert([squid.parse(`http_port 3128\n${line}\nhttp_access allow all\n`, "s").value], {
    deviceName: "d",
  });
  return diagnostics.filter(({ code }) => code === "squid/refused-line").map(({ message }) => message);
}

// Each line and what Squid 5.7 does with it was asked of `squid -k parse`.
describe("acl lines that Squid does not start with", () => {
  const REFUSED = [
    ...["acl a nosuchtype x", "acl a time 9-17", "acl a time 22:00-06:00", "acl a time MTWHF 09:00", "acl a maxconn x"],
    ...[
      "acl a random 2",
      "acl a random 5/1",
      "acl a random .5",
      "acl a hier_code DIRECT",
      "acl a has foo",
      "acl a note",
    ],
    ...["acl a external nobody", "acl a localport x", "acl a src 10.0.0.0/33", "acl a src 10.0.0.1,", "acl a src *"],
    ...["acl a src [::1]", "acl a dst 10.0.0.1/", `acl ${"a".repeat(64)} src 10.0.0.1`, "http_port abc"],
    ...["acl a client_connection_mark x", `# ${"x".repeat(9000)}`],
    `acl a dstdomain ${Array.from({ length: 600 }, (_, i) => `host${i}.example.test`).join(" ")}`,
  ];
  for (const line of REFUSED) {
    it(`tell \`${line.length > 60 ? `${line.slice(0, 60)}…` : line}\``, () => {
      expect(refusals(line)).to.have.length(1);
    });
  }

  const ACCEPTED = [
    ...[
      "acl a time MTWHF 09:00-17:00",
      "acl a time 00:00-24:00",
      "acl a time 9:00-9:00",
      "acl a time Q",
      "acl a maxconn 5",
    ],
    ...[
      "acl a random 1/5",
      "acl a random 0.5",
      "acl a hier_code HIER_DIRECT",
      "acl a has request",
      "acl a src a.example",
    ],
    ...["acl a src 10/8", "acl a src fe80::1%eth0", `acl ${"a".repeat(63)} src 10.0.0.1`, "acl a http_status abc"],
    ...[
      `# ${"x".repeat(8000)}`,
      "external_acl_type e %SRC /bin/true\nacl a external e",
      "acl a ident",
      "acl a src 10.0.0.0/255.0.255.0",
    ],
  ];
  for (const line of ACCEPTED) {
    it(`do not include \`${line.length > 60 ? `${line.slice(0, 60)}…` : line}\``, () => {
      expect(refusals(line)).to.deep.equal([]);
    });
  }
});
