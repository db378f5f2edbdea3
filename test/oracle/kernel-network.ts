/** The machine that the kernel judge plays: its interfaces with their addresses. */

export interface MachineInterface {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Prefixes that are reached by it besides its own networks; absent: none. */
  readonly routes?: readonly string[];
}

/** Interfaces whose names share beginnings, so that patterns are told from names. */
export const INTERFACES: readonly MachineInterface[] = [
  { name: "eth0", addresses: ["10.0.0.1/24", "2001:db8:1::1/64"] },
  { name: "eth1", addresses: ["192.168.1.1/24", "2001:db8:2::1/64"] },
  { name: "eth10", addresses: ["172.16.0.1/20", "fd00:10::1/64"] },
];

/** Text of `ip addr` on that machine. */
export const ADDRESS_EXPORT = [{ name: "lo", addresses: ["127.0.0.1/8", "::1/128"] }, ...INTERFACES]
  .map(({ name, addresses }, index) =>
    [
      `${index + 1}: ${name}: <UP> mtu 1500`,
      ...addresses.map((each) => `    ${each.includes(":") ? "inet6" : "inet"} ${each} scope global ${name}`),
    ].join("\n"),
  )
  .join("\n");
