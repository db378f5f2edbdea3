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

/** What listeners make certain about an inbound rule that is limited to a program, a service or both. */
export interface ListenedServices {
  /** Ports on which that program or service listens. */
  readonly own: readonly Service[];
  /** Ports on which only others listen. */
  readonly foreign: readonly Service[];
}

/** Ports that nobody is said to listen on are in neither list. */
export function listenedServices(
  listeners: readonly Listener[],
  program: string | undefined,
  service: string | undefined,
): ListenedServices {
  const wanted = { program: program && fileName(program), service: service?.toLowerCase() };
  const own = listeners.filter((listener) => isSame(listener, wanted));
  const others = listeners.filter((listener) => isOther(listener, wanted));
  const possible = listeners.filter((listener) => !others.includes(listener));
  const foreign = others.filter((other) => !possible.some((listener) => shareAPort(listener, other)));
  return { own: own.map(serviceOf), foreign: foreign.map(serviceOf) };
}

/** A program and service as a rule names them, in lower case; an absent one may be any. */
interface Wanted {
  readonly program: string | undefined;
  readonly service: string | undefined;
}

function isSame(listener: Listener, { program, service }: Wanted): boolean {
  return (
    (program === undefined || listener.program === program) && (service === undefined || listener.service === service)
  );
}

function isOther(listener: Listener, { program, service }: Wanted): boolean {
  const isOtherProgram = program !== undefined && listener.program !== program;
  return isOtherProgram || (service !== undefined && listener.service !== undefined && listener.service !== service);
}

function shareAPort(a: Listener, b: Listener): boolean {
  return a.protocol === b.protocol && a.ports.first <= b.ports.last && b.ports.first <= a.ports.last;
}

function serviceOf({ protocol, ports }: Listener): Service {
  return { protocol, destinationPorts: [ports] };
}

function fileName(path: string): string {
  return path
    .slice(path.lastIndexOf("\\") + 1)
    .trim()
    .toLowerCase();
}
