import { expect } from "chai";
import { maskSecrets } from "../../src/report/mask-secrets.js";

describe("maskSecrets", () => {
  const masked: readonly (readonly [string, string])[] = [
    ["username bob password 7 0822455D0A16", "username bob password 7 ****"],
    ["enable secret 5 $1$abc$defghi", "enable secret 5 ****"],
    ["snmp-server community hidden RO", "snmp-server community **** RO"],
    ["    set psksecret ENC YWJjZA==", "    set psksecret ENC ****"],
    ['"sharedKey": "abc",', '"sharedKey": "****",'],
    ["storage_key=abc;more", "storage_key=****;more"],
    ["<password>hunter2</password>", "<password>****</password>"],
    ["cache_peer p parent 3128 0 login=user:hunter2 no-query", "cache_peer p parent 3128 0 login=user:**** no-query"],
    ["http://user:hunter2@proxy.example/x", "http://user:****@proxy.example/x"],
    ["md5 $9$abcdefgh", "md5 ****"],
    [`${"QUJD".repeat(16)}`, "****"],
  ];

  for (const [line, expected] of masked) {
    it(`masks the secret of \`${line.slice(0, 40)}\``, () => {
      expect(maskSecrets(line)).to.equal(expected);
    });
  }

  const kept = [
    '-A INPUT -p tcp -m tcp --dport 443 -m comment --comment "token ring" -j ACCEPT',
    "auth_param basic credentialsttl 2 hours",
    '"destinationPortRange": "9443",',
    "http_access allow CONNECT SSL_ports",
    "RemoteIP:                             10.1.0.0/255.255.0.0",
  ];

  for (const line of kept) {
    it(`leaves \`${line.slice(0, 40)}\` as it is`, () => {
      expect(maskSecrets(line)).to.equal(line);
    });
  }

  it("takes time linear in the length of a hostile line", () => {
    const started = performance.now();

    for (const piece of ["password ", "password=", "login=", "://", "$1$", "A"]) maskSecrets(piece.repeat(200_000));

    expect(performance.now() - started).to.be.below(5000);
  });
});
