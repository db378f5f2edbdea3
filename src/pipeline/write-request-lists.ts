/** Writes the request list of a proxy in a vendor's words and proves, by reading it back, that it says what was meant. */
import { compareRequests, policyOfRequests } from "../generate/policy-of-requests.js";
import type { WrittenDevice } from "../model/allow-analysis.js";
import type { WrittenText } from "../model/allow-list.js";
import type { Parsed } from "../model/diagnostic.js";
import type { TextInput } from "../model/inputs.js";
import type { ProxyPolicy } from "../model/proxy.js";
import type { RequestList } from "../model/request-list.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Vendor } from "../model/vendor.js";
import { notEqual, refusal, targetsFor, vendorOf, withAble } from "./targets.js";

/** A proxy with texts that were read back, and what was read. */
export interface ProvedRequests extends WrittenDevice {
  readonly readBack: ProxyPolicy;
}

/**
 * The list of a proxy, which has the rules `current` now, in the words of `target`. Undefined, with errors that say why, iff
 * the target cannot say it or what it says is not exactly what was meant.
 */
export function writeRequestList(
  list: RequestList,
  current: ProxyPolicy,
  target: Vendor,
  at: SourceRef,
): Parsed<ProvedRequests | undefined> {
  const { proxy } = list;
  const { value: texts, diagnostics } = writeTexts(list, current, target, at);
  if (texts === undefined) {
    const able = targetsFor("proxy").filter(
      (vendor) => vendor !== target && writeTexts(list, current, vendor, at).value !== undefined,
    );
    return { value: undefined, diagnostics: withAble(diagnostics, able) };
  }
  const readBack = readIn([], { device: proxy, target: target.id, texts });
  if (readBack === undefined) throw new Error(`the ${target.id} text for ${proxy} cannot be read back`);
  const { missing, excess } = compareRequests(readBack, list);
  const wrong = [
    ...missing.map((line) => notEqual(target.id, proxy, `they do not accept ${line}`, at)),
    ...excess.map((line) => notEqual(target.id, proxy, `beyond what is needed they accept ${line}`, at)),
  ];
  if (wrong.length > 0) return { value: undefined, diagnostics: wrong };
  return { value: { device: proxy, target: target.id, texts, readBack }, diagnostics };
}

/** The rules a proxy has with the texts in the place of those of its exports; undefined iff the exports hold none at all. */
export function readIn(
  exports: readonly TextInput[],
  { device, target: id, texts }: WrittenDevice,
): ProxyPolicy | undefined {
  const target = vendorOf(id) as Vendor;
  const written = texts.map(({ text }) => text).join("");
  const whole = target.requestLists?.embed(
    exports.map(({ text }) => text),
    written,
  );
  const configs = (whole ?? []).map((text, index) => target.parse(text, exports[index]?.file ?? device).value);
  return target.convert(configs, { deviceName: device }).value.proxies[0];
}

function writeTexts(
  list: RequestList,
  current: ProxyPolicy,
  { id, requestLists }: Vendor,
  at: SourceRef,
): Parsed<readonly WrittenText[] | undefined> {
  if (requestLists === undefined) {
    const why = "it decides no requests, or is not written by flowproof";
    return { value: undefined, diagnostics: [refusal(id, list.proxy, why, at)] };
  }
  const { value, diagnostics } = requestLists.write(policyOfRequests(list, current));
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  return { value: errors.length > 0 ? undefined : value, diagnostics: errors };
}
