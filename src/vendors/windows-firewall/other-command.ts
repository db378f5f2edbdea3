/** Commands of a script that are not followed. */
import type { Diagnostic } from "../../model/diagnostic.js";
import type { Gap } from "./types.js";

const TOUCHES_FIREWALL = /netsh|advfirewall|netfirewall|firewallrule/i;

/** A command about the firewall that is not followed may add, change or delete rules; another one does not. */
export function gapOfCommand(command: string, line: number): readonly Gap[] {
  if (!TOUCHES_FIREWALL.test(command)) return [];
  return [{ line, reason: "a command that is not followed may change the rules" }];
}

/** What is left of a command that is read may be another one, and what was read be part of that. */
export function gapOfRest(line: number): Gap {
  return { line, reason: "a part of the command is not understood and may change the rules" };
}

/** What is said of either. */
export function otherCommand(file: string, line: number): Diagnostic {
  return {
    code: "windows-firewall/other-command",
    severity: "warning",
    message: "a command that is not followed",
    at: { file, line },
    effect: "unknown",
  };
}
