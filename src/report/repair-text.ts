/** Turns repairs into commands for the devices and a unified diff of their exports. */
import type { Repair, RepairAnalysis } from "../model/allow-analysis.js";
import { unifiedDiff } from "./unified-diff.js";

/** Every repair: what it is for, the commands, the diff. The diff has no context, so that only changed lines are shown. */
export function repairText({ repairs }: RepairAnalysis): string {
  return repairs.map(repairSection).join("\n");
}

function repairSection({ device, file, before, after, commands, requirements }: Repair): string {
  const head = `# ${device}: for ${requirements.join(", ")}`;
  return [head, ...commands, "", `--- ${file}`, `+++ ${file}`, ...unifiedDiff(before, after), ""].join("\n");
}
