/**
 * Measures one rule set in a process of its own, so that start-up, CPU time and peak memory are its own: writes one line of
 * JSON. `node dist/bench/measure.js <style> <size> <seed> <flat|drawn|full|command>`
 */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { acceptedPackets, drawRules } from "../src/compile/acl-diagram.js";
import { compareAcls } from "../src/compile/compare-acls.js";
import { type CompiledDevice, compileDevice } from "../src/compile/compile-device.js";
import { findShadowedAces } from "../src/compile/find-shadowed-aces.js";
import { passFirst } from "../src/compile/pass-device.js";
import { ProductTable } from "../src/compile/product-table.js";
import type { Device } from "../src/model/device.js";
import { Budget } from "../src/sets/budget.js";
import { CoverSearch } from "../src/sets/cover.js";
import { destinationBlock, HIGH, LOW, PROTOCOL, sourceBlock } from "../src/sets/layout.js";
import { WHOLE_BOX } from "../src/sets/level-boxes.js";
import { PacketSet } from "../src/sets/packet-set.js";
import { type GeneratedRules, generateRules, type Style } from "./generate-rules.js";
import { forwardAcl, readDevice } from "./rule-device.js";
import { groupText, saveText } from "./rule-text.js";

/** CPU seconds of this process by phase, and its memory. */
export interface Measurement {
  readonly seconds: Readonly<Record<string, number>>;
  readonly shadowed: number;
  readonly undecided: number;
  readonly megabytes: number;
}

/** Of larger sets nobody needs the whole: the firewall style takes minutes then. */
const MOST_LINES_DRAWN = 60_000;

const cpu = () => process.cpuUsage().user / 1e6;

class Clock {
  readonly seconds: Record<string, number> = {};

  time<T>(phase: string, work: () => T): T {
    const start = cpu();
    const result = work();
    this.seconds[phase] = cpu() - start;
    return result;
  }
}

async function main([style, size, seed, mode, folder]: readonly string[]): Promise<void> {
  if (folder !== undefined && mode === "command") return measureCommand(folder, style as Style);
  if (folder !== undefined) {
    const measured = measureMode(mode, folder, style as Style, Number(seed));
    process.stdout.write(`${JSON.stringify(measured)}\n`);
    return;
  }
  const made = mkdtempSync(join(tmpdir(), "bench-"));
  try {
    writeInputs(made, generateRules(style as Style, Number(size), Number(seed)));
    const self = process.argv[1];
    const options = ["--max-old-space-size=6000", self, style, size, seed, mode, made];
    process.stdout.write(execFileSync(process.execPath, options, { encoding: "utf8" }));
  } finally {
    rmSync(made, { recursive: true });
  }
}

function measureMode(mode: string, folder: string, style: Style, seed: number): Measurement {
  switch (mode) {
    case "flat":
      return measureFlat(folder);
    case "drawn":
      return measureDrawn(folder);
    default:
      return measureFull(folder, style, seed);
  }
}

function writeInputs(folder: string, generated: GeneratedRules): void {
  writeFileSync(join(folder, "rules"), saveText(generated));
  writeFileSync(join(folder, "sets"), groupText(generated));
  const flat = generated.rules.map(({ family, source, destination, protocol, sourcePorts, destinationPorts }) =>
    family === "ipv6"
      ? ""
      : [
          destination.first[0],
          destination.last[0],
          source.first[0],
          source.last[0],
          destinationPorts?.first ?? 0,
          destinationPorts?.last ?? 65535,
          sourcePorts?.first ?? 0,
          sourcePorts?.last ?? 65535,
          protocol ?? 0,
          protocol ?? 255,
        ].join(" "),
  );
  writeFileSync(join(folder, "flat"), flat.join("\n"));
  writeFileSync(join(folder, "actions"), generated.rules.map(({ action }) => (action === "accept" ? 1 : 0)).join("\n"));
}

/** All shadowed rules from ten numbers a line: read, index, judge. */
function measureFlat(folder: string): Measurement {
  const clock = new Clock();
  const boxes = clock.time("read", () => readNumbers(readFileSync(join(folder, "flat"))));
  const owners = Int32Array.from({ length: boxes.length / 10 }, (_, i) => i);
  const search = clock.time("index", () => new CoverSearch({ dimensions: 5, boxes, owners }));
  const budget = new Budget(1e9);
  const kinds = clock.time("shadowed", () => Array.from(owners, (i) => search.judge(i, boxes, 10 * i, 1, budget).kind));
  return summary(
    clock,
    kinds.filter((kind) => kind === "covered").length,
    kinds.filter((kind) => kind === "too-complex").length,
  );
}

/** The accepted set of rules from ten numbers a line, and one for what each does; what none decides is dropped. */
function measureDrawn(folder: string): Measurement {
  const clock = new Clock();
  const read = (file: string) => readNumbers(readFileSync(join(folder, file)));
  const [flat, actions] = clock.time("read", () => [read("flat"), read("actions")]);
  const levels = [destinationBlock("ipv4").first, sourceBlock("ipv4").first, HIGH, LOW, PROTOCOL];
  const products = new ProductTable();
  clock.time("index", () => {
    const box = WHOLE_BOX.slice();
    for (let i = 0; i < actions.length; i++) {
      for (const [d, level] of levels.entries()) box.set(flat.subarray(10 * i + 2 * d, 10 * i + 2 * d + 2), 2 * level);
      products.addChosen(box, []);
    }
  });
  const rules = { products, actions: [...actions], otherwise: 0 };
  clock.time("accepted set", () => drawRules([rules], "ipv4", new Budget(1e9)));
  return summary(clock, 0, 0);
}

function readNumbers(bytes: Uint8Array): Uint32Array {
  const numbers = new Uint32Array(bytes.length / 2 + 1);
  let count = 0;
  let value = 0;
  for (const byte of bytes) {
    if (byte >= 48) value = value * 10 + byte - 48;
    else {
      numbers[count++] = value;
      value = 0;
    }
  }
  numbers[count++] = value;
  return numbers.slice(0, count);
}

function readFolder(folder: string, style: Style): Device {
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return readDevice(read("rules"), style === "groups" ? read("sets") : undefined);
}

/** The command itself on the saved text, as its user runs it: what it prints is thrown away. */
async function measureCommand(folder: string, style: Style): Promise<void> {
  const files = style === "groups" ? ["sets", "rules"] : ["rules"];
  process.argv = [process.argv[0], "flowproof", "audit", ...files.map((file) => join(folder, file))];
  process.argv.push("--check", "shadowed-ace", "--format", "json");
  const printed: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((text: string, ...rest: unknown[]) => {
    printed.push(text);
    const done = rest.at(-1);
    if (typeof done === "function") done();
    return true;
  }) as typeof process.stdout.write;
  await import("../src/cli/main.js");
  const { findings } = JSON.parse(printed.join("")) as { findings: readonly unknown[] };
  const measured = summary(new Clock(), findings.length, 0);
  process.exitCode = 0;
  write(`${JSON.stringify(measured)}\n`);
}

/** From the saved text on, every question of the table. */
function measureFull(folder: string, style: Style, seed: number): Measurement {
  const clock = new Clock();
  const lines = clock.time("floor", () => readFileSync(join(folder, "rules"), "utf8").split("\n"));
  const device = clock.time("parse", () => readFolder(folder, style));
  const compiled = compileDevice(device);
  const acl = compiled.acls.get(forwardAcl(device))!;
  clock.time(
    "index",
    () => [...acl.candidates(PacketSet.fromFields({ destinationPorts: [{ first: 443, last: 443 }] }))].length,
  );
  const reach = clock.time("shadowed", () => findShadowedAces(compiled, acl, new Budget(1e9)));
  const samples = reach.filter(({ kind }) => kind === "live").slice(0, 4000);
  clock.seconds["inclusion"] = medianInclusion(
    compiled,
    samples.flatMap((one) => (one.kind === "live" ? [one.witness] : [])),
  );
  if (lines.length < MOST_LINES_DRAWN) clock.time("accepted set", () => acceptedPackets(acl, new Budget(1e9)));
  const edited = compileDevice(edit(device, seed));
  clock.time("diff", () => compareAcls(acl, edited.acls.get(forwardAcl(device))!, new Budget(3e8)));
  const count = (kind: string) => reach.filter((one) => one.kind === kind).length;
  return {
    ...summary(clock, count("shadowed"), count("undecided")),
    seconds: { ...clock.seconds, lines: lines.length },
  };
}

/** Seconds that one required flow (a host to a host and port) takes against the indexed acl. */
function medianInclusion(
  compiled: CompiledDevice,
  witnesses: readonly Parameters<typeof PacketSet.fromPacket>[0][],
): number {
  const times = witnesses.map((witness) => {
    const flow = PacketSet.fromPacket(witness).forget([
      "sourcePorts",
      "icmpCodes",
      "ingressInterfaces",
      "egressInterfaces",
    ]);
    const start = process.hrtime.bigint();
    passFirst(compiled, "forward", flow, new Budget(1e6));
    return Number(process.hrtime.bigint() - start) / 1e9;
  });
  return times.sort((a, b) => a - b)[times.length >> 1] ?? 0;
}

/** The device with ten aces, spread over the acl, turned from accept to drop or back. */
function edit(device: Device, seed: number): Device {
  const name = forwardAcl(device);
  const acls = device.acls.map((acl) => {
    if (acl.name !== name) return acl;
    const step = Math.max(1, Math.floor(acl.aces.length / 10));
    const aces = acl.aces.map((ace, i) => {
      if (i % step !== seed % step) return ace;
      return { ...ace, action: { kind: ace.action.kind === "accept" ? ("drop" as const) : ("accept" as const) } };
    });
    return { ...acl, aces };
  });
  return { ...device, acls };
}

function summary(clock: Clock, shadowed: number, undecided: number): Measurement {
  clock.seconds["total"] = cpu();
  return { seconds: clock.seconds, shadowed, undecided, megabytes: process.resourceUsage().maxRSS / 1024 };
}

await main(process.argv.slice(2));
