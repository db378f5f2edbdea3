/**
 * The long run of the kernel judge; needs root, prints what it has counted, and fails iff we disagree with the kernel:
 *
 *     npm run build && node dist/test/oracle/kernel-run.js --seed 1 --rule-sets 3040 --packets 370 --workers 4
 */
import { parseArgs } from "node:util";
import { askKernel, noKernelBecause } from "./ask-kernel.js";
import { makeTrial, TRIAL_KINDS, type TrialKind } from "./kernel-trials.js";
import { describeTally, emptyTally, judgeTrial, type Tally } from "./kernel-verdicts.js";

const TOGETHER = 20;
/** Runs with other seeds share no rule set. */
const PER_SEED = 100_000;

interface Run {
  readonly kinds: readonly TrialKind[];
  readonly seed: number;
  readonly ruleSets: number;
  readonly packets: number;
  readonly workers: number;
}

function readOptions(): Run {
  const option = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({
    options: {
      ...{ seed: option("1"), "rule-sets": option("3040"), packets: option("370"), workers: option("4") },
      kind: { type: "string", multiple: true, default: [...TRIAL_KINDS] },
    },
  });
  const { seed, packets, workers } = values;
  const kinds = TRIAL_KINDS.filter((kind) => values.kind.includes(kind));
  return { kinds, seed: +seed, ruleSets: +values["rule-sets"], packets: +packets, workers: +workers };
}

/** Half of the rule sets are of each kind; several namespaces are asked at once, since the kernel mostly waits. */
async function runKind(kind: TrialKind, { seed, ruleSets, packets, workers }: Run): Promise<Tally> {
  const tally = emptyTally();
  const size = Math.ceil(ruleSets / TRIAL_KINDS.length);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let first = next; first < size; first = next) {
      next += TOGETHER;
      const numbers = Array.from({ length: Math.min(TOGETHER, size - first) }, (_, i) => seed * PER_SEED + first + i);
      const trials = numbers.map((number) => makeTrial(kind, number, packets));
      const answers = await askKernel(trials.map(({ asked }) => asked));
      trials.forEach((trial, i) => {
        judgeTrial(trial, answers[i]!, tally);
      });
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
  return tally;
}

const run = readOptions();
const reason = noKernelBecause();
if (reason !== undefined) throw new Error(`the kernel cannot be asked: ${reason}`);
console.log(`seed ${run.seed}`);
for (const kind of run.kinds) {
  const tally = await runKind(kind, run);
  console.log(`${kind}: ${describeTally(tally)}; ${tally.disagreements.length} disagreements`);
  for (const each of [...tally.refused.slice(0, 3), ...tally.disagreements.slice(0, 3)]) console.log(`\n${each}`);
  if (tally.refused.length + tally.disagreements.length > 0) process.exitCode = 1;
}
