/** Finds acls that no packet is ever put to. */

import { targetsOf } from "../attachment.js";
import type { Check } from "../check.js";

export const unattachedAcl: Check = {
  id: "unattached-acl",
  title: "acl that no packet is put to",
  severity: "warning",
  *run({ compiled, survey }) {
    const attached = new Set(survey.roots.flatMap(({ acls }) => [...acls]));
    for (const [name, { acl }] of compiled.acls) {
      if (attached.has(name)) continue;
      const callers = [...compiled.acls.values()].filter((one) => targetsOf(compiled, one.acl.name).includes(name));
      yield {
        subject: acl.at,
        ...(acl.aces.length === 0 ? { severity: "info" as const } : {}),
        message: callers.length > 0 ? `only acls without packets lead to \`${name}\`` : `nothing leads to \`${name}\``,
        evidence: callers.map((caller) => ({ at: caller.acl.at, note: "leads there, and gets no packets itself" })),
        help: "attach it, or delete it with its rules",
      };
    }
  },
};
