/**
 * Records what the kernel does with random packets under random rules, for machines without root; prints one rule set a line:
 *
 *     npm run build && node dist/test/oracle/record-kernel.js > test/oracle/fixtures/kernel.jsonl
 */
import { askKernel } from "./ask-kernel.js";
import type { Observation } from "./kernel-lab.js";
import { makeTrial, TRIAL_KINDS, type Trial, type TrialKind } from "./kernel-trials.js";

/** One rule set with its packets, as it is kept. */
export interface Recording extends Pick<Trial, "files" | "statesMarks"> {
  readonly kind: TrialKind;
  readonly packets: readonly Trial["asked"]["packets"][number]["packet"][];
  readonly observations: readonly Observation[];
}

const SEED = 7_000_000;
const RULE_SETS = 14;
const PACKETS = 30;

/** What the kernel of this machine does with the trials of one kind. */
async function record(kind: TrialKind): Promise<Recording[]> {
  const trials = Array.from({ length: RULE_SETS }, (_, i) => makeTrial(kind, SEED + i, PACKETS));
  const answers = await askKernel(trials.map(({ asked }) => asked));
  return trials.map(({ files, statesMarks, asked }, i) => {
    const answer = answers[i]!;
    if ("refused" in answer) throw new Error(answer.refused);
    return {
      kind,
      files,
      statesMarks,
      packets: asked.packets.map(({ packet }) => packet),
      observations: answer.observations,
    };
  });
}

if (process.argv[1]?.endsWith("record-kernel.js")) {
  for (const kind of TRIAL_KINDS) for (const recording of await record(kind)) console.log(JSON.stringify(recording));
}
