/** Turns the exports of one device into the model: detect, parse each file, convert them together. */
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import type { Conversion, ConvertOptions, Vendor } from "../model/vendor.js";
import { detectVendor } from "./detect-vendor.js";

export interface LoadOptions extends ConvertOptions {
  /** Vendor id; absent: detected. */
  readonly vendor?: string;
}

/**
 * What the exports of one device convert to; undefined, with an error among the diagnostics, iff no vendor reads them
 * or the one that does finds nothing in them.
 */
export function loadExports(
  inputs: readonly TextInput[],
  options: LoadOptions,
  vendors: readonly Vendor[],
): Parsed<Conversion | undefined> {
  const { value: vendor, diagnostics } = detectVendor(inputs, vendors, options.vendor);
  if (vendor === undefined) return { value: undefined, diagnostics };
  const parsed = inputs.map(({ text, file }) => vendor.parse(text, file));
  const converted = vendor.convert(
    parsed.map(({ value }) => value),
    options,
  );
  const all = [...parsed.flatMap((file) => file.diagnostics), ...converted.diagnostics];
  const { devices, proxies, settings = [] } = converted.value;
  if (devices.length + proxies.length + settings.length > 0) return { value: converted.value, diagnostics: all };
  return { value: undefined, diagnostics: [...all, nothingFound(inputs, vendor)] };
}

function nothingFound(inputs: readonly TextInput[], vendor: Vendor): Diagnostic {
  return {
    code: "read/nothing-found",
    severity: "error",
    message: `read as ${vendor.id}, it holds no rules`,
    help: `an export that does: \`${vendor.exportCommand}\``,
    at: { file: inputs[0]?.file ?? "", line: 1 },
    effect: "unknown",
  };
}
