/** Every check, in the order in which they are listed. */
import type { Check } from "./check.js";
import { anyAnyAccept } from "./checks/any-any-accept.js";
import { anyServiceAccept } from "./checks/any-service-accept.js";
import { cleartextManagement } from "./checks/cleartext-management.js";
import { correlatedAce, generalizedAce } from "./checks/contrary-aces.js";
import { disabledAce } from "./checks/disabled-ace.js";
import { expiredAce } from "./checks/expired-ace.js";
import { exposedService } from "./checks/exposed-service.js";
import { missingDefaultDeny } from "./checks/missing-default-deny.js";
import { overPermissive } from "./checks/over-permissive.js";
import { providerLimit } from "./checks/provider-limit.js";
import { redundantAce } from "./checks/redundant-ace.js";
import { duplicateSet, undefinedSet, unusedSet } from "./checks/sets.js";
import { shadowedAce } from "./checks/shadowed-ace.js";
import { statelessReturn } from "./checks/stateless-return.js";
import { unattachedAcl } from "./checks/unattached-acl.js";
import { undocumentedAce } from "./checks/undocumented-ace.js";
import { unmatchableAce } from "./checks/unmatchable-ace.js";

export const CHECKS: readonly Check[] = [
  ...[shadowedAce, unmatchableAce, redundantAce, generalizedAce, correlatedAce],
  ...[anyAnyAccept, anyServiceAccept, overPermissive, exposedService, cleartextManagement],
  ...[statelessReturn, missingDefaultDeny],
  ...[undefinedSet, unusedSet, duplicateSet, disabledAce, expiredAce, undocumentedAce, unattachedAcl, providerLimit],
];
