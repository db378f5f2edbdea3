/** What the user says about the programs behind a machine's ports, so that rules for a program can be certain. */
import { type PortRange, PROTOCOL_NUMBERS, type Service } from "../../model/service.js";

/** The fact's name; its value lists `tcp/445=System, tcp/135=svchost.exe:rpcss, tcp/49152-65535=svchost.exe:winmgmt`. */
export const LISTENERS_FACT = "listeners";

export interface Listener {
  readonly protocol: number;
  readonly ports: PortRange;
  /** File name in lower case. */
  readonly program: string;
  /** Short name in lower case. */
  readonly service: string | undefined;
}

const ENTRY = /^(tcp|udp)\/(\d{1,5})(?:-(\d{1,5}))?=([^:]+)(?::(\S+))?$/i;

/** The listeners a fact's value names, and the entries that cannot be read. */
export function parseListeners(value: string): {
  readonly listeners: readonly Listener[];
  readonly bad: readonly string[];
} {
  const listeners: Listener[] = [];
  const bad: string[] = [];
  for (const entry of value.split(",").map((text) => text.trim())) {
    const match = ENTRY.exec(entry);
    const first = Number(match?.[2]);
    const last = Number(match?.[3] ?? match?.[2]);
    if (match === null || first > last || last > 65535) {
      if (entry !== "") bad.push(entry);
      continue;
    }
    listeners.push({
      protocol: PROTOCOL_NUMBERS[match[1]?.toLowerCase() as "tcp" | "udp"],
      ports: { first, last },
      program: fileName(match[4] as string),
      service: match[5]?.toLowerCase(),
    });
  }
  return { listeners, bad };
}

/** The services whose listener is the program and service a rule is limited to. */
export function listenedServices(
  listeners: readonly Listener[],
  program: string | undefined,
  service: string | undefined,
): Service[] {
  return listeners
    .filter((listener) => program === undefined || listener.program === fileName(program))
    .filter((listener) => service === undefined || listener.service === service.toLowerCase())
    .map(({ protocol, ports }) => ({ protocol, destinationPorts: [ports] }));
}

function fileName(path: string): string {
  return path
    .slice(path.lastIndexOf("\\") + 1)
    .trim()
    .toLowerCase();
}
