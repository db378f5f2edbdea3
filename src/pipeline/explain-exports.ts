/** Turns the exports of one device into the fate of each of their lines. */
import type { Parsed } from "../model/diagnostic.js";
import type { Explanation } from "../model/explanation.js";
import type { TextInput } from "../model/inputs.js";
import { vendors } from "../vendors/registry.js";
import { loadExports } from "./load-exports.js";
import { sourceLines } from "./source-lines.js";

/** What became of every line; undefined, with an error among the diagnostics, iff no format reads the exports. */
export function explainExports(
  inputs: readonly TextInput[],
  vendor: string | undefined,
): Parsed<Explanation | undefined> {
  const options = { deviceName: "device", ...(vendor === undefined ? {} : { vendor }) };
  const { value: conversion, diagnostics } = loadExports(inputs, options, vendors);
  if (conversion === undefined) return { value: undefined, diagnostics };
  return { value: { coverage: conversion.coverage, diagnostics, sources: sourceLines(inputs) }, diagnostics };
}
