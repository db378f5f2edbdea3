/** The formats that lists can be written in, as users name them. */
import type { AllowListWriter, Notation } from "../model/allow-list.js";
import type { Diagnostic } from "../model/diagnostic.js";
import type { RequestListWriter } from "../model/request-list.js";
import type { SettingsListWriter } from "../model/settings-list.js";
import type { SourceRef } from "../model/source-ref.js";
import { UsageError } from "../model/usage-error.js";
import type { Vendor } from "../model/vendor.js";
import { vendors } from "../vendors/registry.js";

/** What of a site a format holds the rules of. */
export type Holder = "device" | "proxy" | "client";

type Writer = AllowListWriter | RequestListWriter | SettingsListWriter;

/** The writer of a format for packets, for requests or for the ways of clients; undefined: it has none. */
function writerOf(vendor: Vendor | undefined, holder: Holder): Writer | undefined {
  if (holder === "device") return vendor?.allowLists;
  return holder === "proxy" ? vendor?.requestLists : vendor?.settingsLists;
}

/** The format with this id; undefined: flowproof does not read it. */
export function vendorOf(id: string | undefined): Vendor | undefined {
  return vendors.find((vendor) => vendor.id === id);
}

/** Every format that lists can be written in for a device or a proxy, in the order of the registry. */
export function targetsFor(holder: Holder): Vendor[] {
  return vendors.filter((vendor) => writerOf(vendor, holder) !== undefined);
}

/** Throws a `UsageError` that lists the targets where `id` is none. */
export function targetNamed(id: string): Vendor {
  const vendor = vendorOf(id);
  if (HOLDERS.some((holder) => writerOf(vendor, holder) !== undefined)) return vendor as Vendor;
  throw new UsageError(`allow-lists cannot be written for \`${id}\``, HOLDERS.flatMap(lineOf).join("; "));
}

function lineOf(holder: Holder): string[] {
  const able = targetsFor(holder).map(withNotations);
  return able.length === 0 ? [] : [`targets for ${PLURALS[holder]}: ${able.join(", ")}`];
}

const HOLDERS: readonly Holder[] = ["device", "proxy", "client"];
const PLURALS: Readonly<Record<Holder, string>> = {
  device: "devices",
  proxy: "proxies",
  client: "clients of proxies",
};

function withNotations(vendor: Vendor): string {
  const formats = notationsOf(vendor).map(({ id }) => id);
  return formats.length === 0 ? vendor.id : `${vendor.id} (also as ${formats.join(", ")})`;
}

function notationsOf(vendor: Vendor | undefined): readonly Notation[] {
  return HOLDERS.flatMap((holder) => writerOf(vendor, holder)?.notations ?? []);
}

/** Every notation a text can be written in besides the target's own, each id once. */
export const NOTATIONS: readonly Notation[] = [
  ...new Map(vendors.flatMap(notationsOf).map((notation) => [notation.id, notation])).values(),
];

/** How the target writes its texts in the notation with this id; undefined: it does not. */
export function notationOf(target: string, id: string): Notation | undefined {
  return notationsOf(vendorOf(target)).find((notation) => notation.id === id);
}

/** The error that a format cannot hold what a device or proxy needs. */
export function refusal(target: string, device: string, why: string, at: SourceRef): Diagnostic {
  const message = `${target} cannot hold the lists of \`${device}\`: ${why}`;
  return { code: "allow/target", severity: "error", message, at, effect: "none" };
}

/** The errors, each with the targets that can say what this one cannot. */
export function withAble(errors: readonly Diagnostic[], able: readonly Vendor[]): Diagnostic[] {
  if (able.length === 0) return [...errors];
  const help = `${able.map(({ id }) => id).join(" and ")} can say it`;
  return errors.map((error) => ({ ...error, help: error.help === undefined ? help : `${error.help}; ${help}` }));
}

/** The error that rules which were read back accept other packets or requests than was meant. */
export function notEqual(target: string, place: string, what: string, at: SourceRef): Diagnostic {
  const message = `the rules of ${target} for ${place} would not do what they are meant to: ${what}`;
  return { code: "allow/not-equal", severity: "error", message, at, effect: "none" };
}
