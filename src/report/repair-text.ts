/** Turns repairs into commands for the devices and a unified diff of their exports. */
import type { Repair, RepairAnalysis } from "../model/allow-list.js";

/** Every repair: what it is for, the commands, the diff. The diff has no context, so that only new lines are shown. */
export function repairText({ repairs }: RepairAnalysis): string {
  return repairs.map(repairSection).join("\n");
}

function repairSection({ device, file, before, after, commands, requirements }: Repair): string {
  const head = `# ${device}: for ${requirements.join(", ")}`;
  return [head, ...commands, "", `--- ${file}`, `+++ ${file}`, ...hunks(before, after), ""].join("\n");
}

// A repair only adds lines, so each line of the old text is found again in order.
function hunks(before: string, after: string): string[] {
  const [old, now] = [before, after].map((text) => text.split(/\r?\n/)) as [string[], string[]];
  const result: string[] = [];
  let line = 0;
  for (let index = 0; index < now.length; ) {
    if (now[index] === old[line]) {
      index++;
      line++;
      continue;
    }
    const start = index;
    while (index < now.length && now[index] !== old[line]) index++;
    result.push(
      `@@ -${line},0 +${start + 1},${index - start} @@`,
      ...now.slice(start, index).map((each) => `+${each}`),
    );
  }
  return result;
}
