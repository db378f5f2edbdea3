/** Turns the exports of one device into the one that answers for single packets. */
import { chooseByIndex } from "../compile/choose-aces.js";
import { type FlowEvaluation, prepareEvaluation } from "../compile/evaluate-flow.js";
import { parsePacketLine } from "../intent/parse-packet.js";
import { compareAddresses } from "../model/address.js";
import type { Device } from "../model/device.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { Packet, Probe } from "../model/flow.js";
import type { TextInput } from "../model/inputs.js";
import type { PacketResult } from "../model/packet-test.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Decision } from "../model/verdict.js";
import { vendors } from "../vendors/registry.js";
import { loadExports } from "./load-exports.js";
import { sourceLines } from "./source-lines.js";

/** One device, ready for packets. */
export interface PacketTester {
  /** What the device does with the packet of one line; undefined for a blank line, or with an error. */
  test(text: string, at: SourceRef): Parsed<PacketResult | undefined>;
  /** Lines of every input by its name. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

/** Which device of which format to ask; absent: the only one there is. */
export interface PacketTestOptions {
  readonly as?: string;
  readonly device?: string;
}

/** The tester for some exports; undefined, with an error among the diagnostics, iff they give no one device. */
export function preparePacketTest(
  inputs: readonly TextInput[],
  { as: vendor, device: name }: PacketTestOptions,
): Parsed<PacketTester | undefined> {
  const options = { deviceName: name ?? "device", ...(vendor === undefined ? {} : { vendor }) };
  const { value: conversion, diagnostics } = loadExports(inputs, options, vendors);
  if (conversion === undefined) return { value: undefined, diagnostics };
  const device = pickDevice(conversion.devices, name);
  if (device !== undefined) return { value: testerOf(device, inputs), diagnostics };
  const file = inputs[0]?.file ?? "";
  return { value: undefined, diagnostics: [...diagnostics, noOneDevice(conversion.devices, file)] };
}

function pickDevice(devices: readonly Device[], name: string | undefined): Device | undefined {
  if (devices.length === 1) return devices[0];
  const [one, ...others] = devices.filter((device) => device.name === name);
  return others.length > 0 ? undefined : one;
}

function noOneDevice(devices: readonly Device[], file: string): Diagnostic {
  const told = { code: "test/no-one-device", severity: "error", at: { file, line: 1 }, effect: "unknown" } as const;
  if (devices.length === 0) return { ...told, message: "it holds no packet filter: its rules decide requests" };
  const names = devices.map(({ name }) => `\`${name}\``).join(", ");
  return { ...told, message: "it holds several devices", help: `say which with \`--device\`: ${names}` };
}

function testerOf(device: Device, inputs: readonly TextInput[]): PacketTester {
  const { evaluate } = prepareEvaluation(device, {}, chooseByIndex(device));
  return {
    sources: sourceLines(inputs),
    test: (text, at) => {
      const { value: line, diagnostics } = parsePacketLine(text, at.file, at.line);
      if (line === undefined) return { value: undefined, diagnostics };
      const expected = line.expect === undefined ? {} : { expected: line.expect };
      return { value: { at, ...resultOf(device, line.probe, evaluate(line.probe)), ...expected }, diagnostics };
    },
  };
}

function resultOf(device: Device, probe: Probe, evaluation: FlowEvaluation): Omit<PacketResult, "at"> {
  const { verdict, doubts, after } = evaluation;
  const decidedBy = decidingLine(device, probe, evaluation);
  return {
    ...{ packet: probe.packet, verdict, because: doubts },
    ...(decidedBy === undefined ? {} : { decidedBy }),
    ...(verdict === "accept" && isTranslated(probe.packet, after) ? { after } : {}),
  };
}

// What stops a packet is the last to judge it; what lets it through is the last rule that says so, else the last default.
function decidingLine({ stages }: Device, { direction }: Probe, evaluation: FlowEvaluation): SourceRef | undefined {
  const { verdict, decisions } = evaluation;
  if (verdict === "undecided") return undefined;
  if (verdict !== "accept") return decisions[decisions.length - 1]?.at;
  const filters = new Set(stages[direction].filter(({ kind }) => kind === "filter").map(({ hook }) => hook));
  const judged = decisions.filter(({ hook }) => filters.has(hook));
  return (lastOf(judged, ({ ace }) => ace !== undefined) ?? lastOf(judged, () => true))?.at;
}

function lastOf(decisions: readonly Decision[], holds: (decision: Decision) => boolean): Decision | undefined {
  return decisions.filter(holds).pop();
}

function isTranslated(before: Packet, after: Packet): boolean {
  return (
    compareAddresses(before.source, after.source) !== 0 ||
    compareAddresses(before.destination, after.destination) !== 0 ||
    before.sourcePort !== after.sourcePort ||
    before.destinationPort !== after.destinationPort
  );
}
