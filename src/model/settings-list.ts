import type { Notation, Reason, WrittenText } from "./allow-list.js";
import type { Parsed } from "./diagnostic.js";
import type { ProxyRoute } from "./proxy-settings.js";

/** Hosts that a client has to ask a proxy for. */
export interface SettingsEntry {
  /** In the notation of requirements: `name`, `*.name` every name below it, `.name` both; single addresses. */
  readonly hosts: readonly string[];
  readonly proxy: Extract<ProxyRoute, { readonly kind: "proxy" }>;
  /** At least one, in the order of the requirements. */
  readonly reasons: readonly Reason[];
}

/** Which hosts one client asks which proxy for, whatever the port; every other host it asks itself. */
export interface SettingsList {
  readonly client: string;
  readonly entries: readonly SettingsEntry[];
}

/** How a vendor writes what chooses a client's ways. */
export interface SettingsListWriter {
  /** The texts that say the list; none, with an error for each limit, iff the format cannot say it. */
  write(list: SettingsList): Parsed<readonly WrittenText[]>;
  readonly notations: readonly Notation[];
}
