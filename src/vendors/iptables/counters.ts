/** Reads how many packets a line says came to its rule. */

const SAVED = /^\s*\[(\d+):\d+\]\s*-A\s|\s(?:-c|--set-counters)\s+(\d+)\s+\d+(?:\s|$)/;
// `iptables -L -v` counts in thousands and millions once it gets long.
const LISTED = /^\s*(\d+)([KMGT]?)\s+\d+[KMGT]?\s+\S/;
const SCALE: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Undefined iff the line has no counters. */
export function countedPackets(line: string): number | undefined {
  const saved = SAVED.exec(line);
  if (saved !== null) return Number(saved[1] ?? saved[2]);
  const listed = LISTED.exec(line);
  return listed === null ? undefined : Number(listed[1]) * (SCALE[listed[2] as string] as number);
}
