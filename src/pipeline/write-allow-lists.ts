/** Writes allow-lists in a vendor's words and proves, by reading them back, that they say what was meant. */
import { aclOfList, familiesOf } from "../generate/acl-of-list.js";
import { coarsenList } from "../generate/coarsen-list.js";
import { compareToIntent } from "../generate/compare-to-intent.js";
import { mapStages } from "../generate/open-device.js";
import type { Family } from "../model/address.js";
import type { WrittenDevice } from "../model/allow-analysis.js";
import type { AllowList, AllowListWriter, Notation, PlacedAcl, WrittenText } from "../model/allow-list.js";
import type { Device } from "../model/device.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Vendor } from "../model/vendor.js";
import { describeSet } from "../sets/describe.js";
import { notEqual, refusal, targetsFor, withAble } from "./targets.js";

/** A device with texts that were read back, and what was read. */
export interface ProvedTexts extends WrittenDevice {
  readonly readBack: Device;
}

/**
 * The lists of one device in the words of `target`, or in another notation of them. Undefined, with errors that say why, iff the target cannot say one of
 * them or what it says is not exactly what was meant.
 */
export function writeAllowLists(
  lists: readonly AllowList[],
  target: Vendor,
  at: SourceRef,
  notation?: Notation,
): Parsed<ProvedTexts | undefined> {
  const device = (lists[0] as AllowList).device;
  const { value: own, diagnostics } = writeTexts(lists, target, at);
  if (own === undefined) {
    const able = targetsFor("device").filter(
      (vendor) => vendor !== target && writeTexts(lists, vendor, at).value !== undefined,
    );
    return { value: undefined, diagnostics: withAble(withProposal(diagnostics, lists, target, at), able) };
  }
  const texts = notation === undefined ? own : own.map((text) => inNotation(text, notation, device));
  const readBack = readTexts(device, texts, target, lists);
  if (readBack === undefined) throw new Error(`the ${target.id} text for ${device} cannot be read back`);
  const wrong = provePlaces(lists, target, readBack, at);
  if (wrong.length > 0) return { value: undefined, diagnostics: wrong };
  return { value: { device, target: target.id, texts, readBack }, diagnostics };
}

// Limits of size, by the end of their codes: what fewer rules would keep.
const SIZE = /limit-(rule-count|prefix-count|size)$/;
const MOST_TOLD = 8;

function withProposal(
  errors: readonly Diagnostic[],
  lists: readonly AllowList[],
  target: Vendor,
  at: SourceRef,
): readonly Diagnostic[] {
  if (!errors.some(({ code }) => SIZE.test(code))) return errors;
  const coarser = lists.map(coarsenList);
  const whole = coarser.map(({ list }) => list);
  if (writeTexts(whole, target, at).value === undefined) return errors;
  const count = whole.flatMap(({ entries }) => entries).length;
  const excess = coarser.flatMap((each) => describeSet(each.excess, MOST_TOLD));
  const rules = count === 1 ? "1 rule" : `${count} rules`;
  const help = `${rules} would do that let every source of a service to each of its destinations, and so also accept ${excess.join("; ")}`;
  return errors.map((error) => (SIZE.test(error.code) ? { ...error, help } : error));
}

function inNotation({ text }: WrittenText, { ending, translate }: Notation, device: string): WrittenText {
  return { ending, text: translate(text, device) };
}

function writeTexts(
  lists: readonly AllowList[],
  target: Vendor,
  at: SourceRef,
): Parsed<readonly WrittenText[] | undefined> {
  const writer = target.allowLists;
  const device = (lists[0] as AllowList).device;
  const refused = (why: string) => ({ value: undefined, diagnostics: [refusal(target.id, device, why, at)] });
  if (writer === undefined) return refused("it decides no packets, or is not written by flowproof");
  const placed = lists.flatMap((list) => placesOf(list, lists, writer, at));
  const nowhere = lists.find(({ direction }) => writer.aclName(direction, "ipv4") === undefined);
  if (nowhere !== undefined) return refused(`it has no rules for packets ${WORDS[nowhere.direction]}`);
  const { value, diagnostics } = writer.write(placed, device);
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return { value: errors.length > 0 ? undefined : value, diagnostics: unique(errors) };
}

const WORDS = { forward: "it forwards", input: "to it", output: "from it" } as const;

function placesOf(
  list: AllowList,
  all: readonly AllowList[],
  writer: AllowListWriter,
  at: SourceRef,
): (PlacedAcl & { readonly list: AllowList })[] {
  const { direction } = list;
  const families: readonly (Family | undefined)[] = writer.splitsFamilies ? familiesOfAll(all) : [undefined];
  return families.flatMap((family) => {
    const name = writer.aclName(direction, family ?? "ipv4");
    if (name === undefined) return [];
    const acl = aclOfList(list, name, at, family);
    return [{ list, direction, acl, ...(family !== undefined && { family }) }];
  });
}

function familiesOfAll(lists: readonly AllowList[]): Family[] {
  return [...new Set(lists.flatMap(familiesOf))].sort();
}

// What the written texts are read as: the device with the stages that hold the lists, and no others.
function readTexts(
  device: string,
  texts: readonly WrittenText[],
  target: Vendor,
  lists: readonly AllowList[],
): Device | undefined {
  const configs = texts.map(({ text, ending }) => target.parse(text, device + ending).value);
  const [read] = target.convert(configs, { deviceName: device }).value.devices;
  const families = familiesOfAll(lists);
  return (
    read &&
    mapStages(read, (stages, direction) => {
      const names = families.map((family) => target.allowLists?.aclName(direction, family));
      const isWritten = lists.some((list) => list.direction === direction);
      return isWritten ? stages.filter(({ acl }) => names.includes(acl)) : [];
    })
  );
}

function provePlaces(lists: readonly AllowList[], target: Vendor, readBack: Device, at: SourceRef): Diagnostic[] {
  const writer = target.allowLists as AllowListWriter;
  return lists
    .flatMap((list) => placesOf(list, lists, writer, at))
    .flatMap(({ list, family }) => {
      const { missing, excess } = compareToIntent(readBack, list, family);
      const place = `${list.device} ${list.direction}`;
      return [
        ...missing.map((line) => notEqual(target.id, place, `they do not accept ${line}`, at)),
        ...excess.map((line) => notEqual(target.id, place, `beyond what is needed they accept ${line}`, at)),
      ];
    });
}

function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...new Map(diagnostics.map((each) => [each.message, each])).values()];
}
