import type { Reporter } from "../model/reporter.js";
import { reportJson } from "./json.js";
import { reportText } from "./text.js";

/** Every report of an analysis by the name `--format` takes. */
export const reporters = { text: reportText, json: reportJson } as const satisfies Readonly<Record<string, Reporter>>;
