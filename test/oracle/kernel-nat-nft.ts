/** Random nat chains of nftables. */
import { INTERFACES } from "./kernel-network.js";
import { HOSTS, PORTS } from "./kernel-packets.js";
import type { NftWriter } from "./kernel-rules-nft.js";

/** Chains that translate before and after routing; sometimes two at one hook. */
export function randomNftNat(writer: NftWriter): string[] {
  const { random } = writer;
  writer.turnTo();
  writer.protocol = "tcp";
  const before = (): string => destinationRule(writer);
  const after = (): string => sourceRule(writer);
  const chain = (name: string, hook: string, priority: string, rules: readonly string[]): string[] => {
    return [`chain ${name} {`, `type nat hook ${hook} priority ${priority};`, ...rules, "}"];
  };
  return [
    ...chain("dnat1", "prerouting", "dstnat", random.list(1, 3, before)),
    ...(random.chance(0.3) ? chain("dnat2", "prerouting", "-95", random.list(1, 2, before)) : []),
    ...(random.chance(0.5) ? chain("dnat3", "output", "-100", random.list(1, 2, before)) : []),
    ...chain("snat1", "postrouting", "srcnat", random.list(1, 3, after)),
    ...(random.chance(0.3) ? chain("snat2", "postrouting", "110", random.list(1, 2, after)) : []),
  ];
}

/** What the statements of one writer are made of; a table of both families has to say which one it translates. */
function wordsOf({ random, version, family }: NftWriter) {
  const hosts = HOSTS[version === 4 ? "ipv4" : "ipv6"].slice(0, 6);
  const host = (): string => random.pick(hosts);
  const field = version === 4 ? "ip" : "ip6";
  return {
    ...{ hosts, host, field, of: family === "inet" ? `${field} ` : "" },
    withPort: () => (version === 4 ? `${host()}:8080` : `[${host()}]:8080`),
  };
}

function destinationRule(writer: NftWriter): string {
  const { random } = writer;
  const { hosts, host, field, of, withPort } = wordsOf(writer);
  const byPort = (value: () => string): string =>
    writer
      .some(PORTS, 1, 3)
      .map((port) => `${port} : ${value()}`)
      .join(", ");
  const byHost = (): string =>
    writer
      .some(hosts, 1, 3)
      .map((key) => `${key} : ${host()}`)
      .join(", ");
  return random.pick([
    () => `${writer.address()} dnat ${of}to ${host()}`,
    () => `${writer.transport()} dnat ${of}to ${withPort()}`,
    () => `dnat ${of}to tcp dport map { ${byPort(host)} }`,
    () => `dnat ${of}to ${field} saddr map { ${byHost()} }`,
    () => `${writer.transport()} redirect to :8080`,
    () => `${writer.address()} accept`,
    () => `${writer.address()} return`,
    () => `${writer.address()} drop`,
  ])();
}

function sourceRule(writer: NftWriter): string {
  const { random } = writer;
  const { host, of } = wordsOf(writer);
  return random.pick([
    () => `${writer.address()} snat ${of}to ${host()}`,
    () => `oifname "${random.pick(INTERFACES).name}" masquerade`,
    () => `${writer.transport()} snat ${of}to ${host()}`,
    () => `${writer.address()} return`,
  ])();
}
