/** Turns the texts of one device's exports into the vendor that can read them. */
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import type { Detection, Vendor } from "../model/vendor.js";
import { ownKindOf } from "./own-files.js";
import { UNREAD_FORMATS } from "./unread-formats.js";

/**
 * The one vendor that takes every file for possible and some file for certain; undefined, with an error that names the
 * candidates, iff there is no such vendor or more than one. `forced` is the id a user gave instead.
 */
export function detectVendor(
  inputs: readonly TextInput[],
  vendors: readonly Vendor[],
  forced?: string,
): Parsed<Vendor | undefined> {
  if (forced !== undefined) return vendorById(inputs, vendors, forced);
  const votes = vendors.map((vendor) => ({ vendor, vote: weakestAndStrongest(inputs, vendor) }));
  const certain = votes.filter(({ vote }) => vote.every !== "no" && vote.some === "certain");
  if (certain.length === 1) return { value: (certain[0] as { vendor: Vendor }).vendor, diagnostics: [] };
  const unread = certain.length > 0 ? undefined : (firstOwn(inputs) ?? firstUnread(inputs));
  if (unread !== undefined) return { value: undefined, diagnostics: [unread] };
  const possible = votes.filter(({ vote }) => vote.some !== "no");
  return failure(inputs, certain.length > 0 ? ambiguous(certain) : unrecognised(possible, vendors));
}

const RANK: Readonly<Record<Detection, number>> = { no: 0, possible: 1, certain: 2 };

function weakestAndStrongest(inputs: readonly TextInput[], vendor: Vendor): { every: Detection; some: Detection } {
  const ordered = inputs.map(({ text, file }) => vendor.detect(text, file)).sort((a, b) => RANK[a] - RANK[b]);
  return { every: ordered[0] ?? "no", some: ordered[ordered.length - 1] ?? "no" };
}

function vendorById(inputs: readonly TextInput[], vendors: readonly Vendor[], id: string): Parsed<Vendor | undefined> {
  const vendor = vendors.find((candidate) => candidate.id === id);
  if (vendor !== undefined) return { value: vendor, diagnostics: [] };
  return failure(inputs, {
    code: "read/unknown-vendor",
    message: `no format is called \`${id}\``,
    help: `formats: ${vendors.map((candidate) => candidate.id).join(", ")}`,
  });
}

type Voted = readonly { readonly vendor: Vendor }[];
type Complaint = Pick<Diagnostic, "code" | "message"> & { readonly help: string };

/** Says of a file that people write for flowproof where it goes. */
function firstOwn(inputs: readonly TextInput[]): Diagnostic | undefined {
  for (const { file, text } of inputs) {
    const kind = ownKindOf(text);
    if (kind === undefined) continue;
    return {
      ...{ code: "read/no-export", severity: "error", effect: "unknown", at: { file, line: 1 } },
      message: `it is a ${kind} of flowproof, and no export`,
      help:
        kind === "topology"
          ? "name one of its exports, or give it as `--topology`"
          : "a topology names it under `catalogues`",
    };
  }
  return undefined;
}

/** Says of a file that is known, but is no export, how to obtain one. */
function firstUnread(inputs: readonly TextInput[]): Diagnostic | undefined {
  for (const { file, text } of inputs) {
    const format = UNREAD_FORMATS.find(({ recognises }) => recognises(text));
    if (format === undefined) continue;
    return {
      ...{ code: "read/no-export", severity: "error", effect: "unknown", at: { file, line: 1 } },
      message: `it is ${format.title}, which says what a tool is to load and not what the machine does`,
      help: `give what the machine has loaded: \`${format.exportCommand}\``,
    };
  }
  return undefined;
}

function ambiguous(certain: Voted): Complaint {
  return {
    code: "read/ambiguous-format",
    message: `it can be read as ${ids(certain, " and as ")}`,
    help: `say which it is: \`--as ${certain[0]?.vendor.id}\`, or \`vendor:\` in a topology`,
  };
}

function unrecognised(possible: Voted, vendors: readonly Vendor[]): Complaint {
  const message = "it is not recognised as an export of any supported format";
  const code = "read/unrecognised-format";
  if (possible.length === 0) return { code, message, help: `formats: ${vendors.map(({ id }) => id).join(", ")}` };
  const example = `\`--as ${possible[0]?.vendor.id}\`, or \`vendor:\` in a topology`;
  return { code, message, help: `it may be ${ids(possible, " or ")}; if so, say ${example}` };
}

function ids(voted: Voted, separator: string): string {
  return voted.map(({ vendor }) => vendor.id).join(separator);
}

function failure(inputs: readonly TextInput[], complaint: Complaint): Parsed<undefined> {
  const at = { file: inputs[0]?.file ?? "", line: 1 };
  return { value: undefined, diagnostics: [{ ...complaint, severity: "error", effect: "unknown", at }] };
}
