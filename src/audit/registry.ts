/** Every check, in the order in which they are listed. */
import type { Check } from "./check.js";
import { redundantAce } from "./checks/redundant-ace.js";
import { shadowedAce } from "./checks/shadowed-ace.js";
import { unmatchableAce } from "./checks/unmatchable-ace.js";

export const CHECKS: readonly Check[] = [shadowedAce, unmatchableAce, redundantAce];
