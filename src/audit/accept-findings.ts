/** Takes out of an audit what its user has accepted, and finds the acceptances that have run out. */
import type { AuditException, Finding } from "../model/finding.js";

type Sources = ReadonlyMap<string, readonly string[]>;

export const EXPIRED_EXCEPTION = {
  id: "expired-exception",
  title: "accepted finding whose acceptance has run out",
  severity: "warning",
} as const;

export interface Accepted {
  readonly findings: readonly Finding[];
  /** How many findings were taken out. */
  readonly excepted: number;
}

/** The findings without those an exception holds for on the day `today` (`YYYY-MM-DD`), and one for each that ran out. */
export function acceptFindings(
  findings: readonly Finding[],
  exceptions: readonly AuditException[],
  sources: Sources,
  today: string,
): Accepted {
  const isOver = ({ expires }: AuditException) => expires !== undefined && expires < today;
  const current = exceptions.filter((exception) => !isOver(exception));
  const left = findings.filter((finding) => !current.some((exception) => covers(exception, finding, sources)));
  const expired = exceptions.filter(isOver).map((exception) => expiredFinding(exception, findings, sources));
  return { findings: [...left, ...expired], excepted: findings.length - left.length };
}

function covers(
  { check, file, line, rule }: AuditException,
  { check: id, subject }: Finding,
  sources: Sources,
): boolean {
  if (check !== undefined && check !== id) return false;
  if (file !== undefined && subject.file !== file && !subject.file.endsWith(`/${file}`)) return false;
  if (line !== undefined && subject.line !== line) return false;
  return rule === undefined || sources.get(subject.file)?.[subject.line - 1]?.includes(rule) === true;
}

function expiredFinding(exception: AuditException, findings: readonly Finding[], sources: Sources): Finding {
  const again = findings.filter((finding) => covers(exception, finding, sources));
  return {
    ...{ check: EXPIRED_EXCEPTION.id, severity: EXPIRED_EXCEPTION.severity, device: "", packets: [] },
    subject: exception.at,
    message: `the exception has run out on ${exception.expires}; it was ${exception.owner}'s: ${exception.reason}`,
    evidence: again.map(({ subject, check }) => ({ at: subject, note: `${check} counts again` })),
    help:
      again.length > 0 ? "renew it with a reason, or mend what it was for" : "delete it: nothing it was for is left",
  };
}
