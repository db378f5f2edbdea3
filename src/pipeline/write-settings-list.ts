/** Writes what chooses a client's ways in a vendor's words and proves, by running it, that it chooses what was meant. */
import { compareSettings } from "../generate/compare-settings.js";
import type { WrittenDevice } from "../model/allow-analysis.js";
import type { Diagnostic, Parsed } from "../model/diagnostic.js";
import type { ScriptEngine } from "../model/proxy-settings.js";
import type { SettingsList, SettingsListWriter } from "../model/settings-list.js";
import type { SourceRef } from "../model/source-ref.js";
import type { Vendor } from "../model/vendor.js";
import { notEqual, refusal } from "./targets.js";

/** The list in the words of `target`; undefined, with errors that say why, iff it cannot say exactly what was meant. */
export function writeSettingsList(
  list: SettingsList,
  target: Vendor,
  scripts: ScriptEngine | undefined,
  at: SourceRef,
): Parsed<WrittenDevice | undefined> {
  const { client: device } = list;
  if (scripts === undefined) return failed([refusal(target.id, device, "no engine was given that runs scripts", at)]);
  const { value: texts, diagnostics } = (target.settingsLists as SettingsListWriter).write(list);
  if (diagnostics.length > 0) return failed(diagnostics);
  const configs = texts.map(({ text, ending }) => target.parse(text, device + ending).value);
  const [settings] = target.convert(configs, { deviceName: device }).value.settings ?? [];
  if (settings?.kind !== "script") throw new Error(`the ${target.id} text for ${device} cannot be read back`);
  const wrong = compareSettings((question) => scripts.findProxy(settings.source, question), list);
  if (wrong.length > 0) return failed(wrong.map((way) => notEqual(target.id, device, `they do not send ${way}`, at)));
  return { value: { device, target: target.id, texts }, diagnostics: [] };
}

function failed(diagnostics: readonly Diagnostic[]): Parsed<undefined> {
  return { value: undefined, diagnostics };
}
