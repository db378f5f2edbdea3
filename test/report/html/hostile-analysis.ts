import type { Analysis } from "../../../src/model/analysis.js";
import type { Review } from "../../../src/model/review.js";
import type { Verdict } from "../../../src/model/verdict.js";

/** A name that means harm: markup, a script's end, entities, a reversed reading order, a control character, great length. */
export const HOSTILE = `</script><script>document.title="taken"</script><img src=x onerror="document.title='taken'">&lt;b&gt; \u202egnp.exe \u0007 '"\`\${1}\u2028 🧱 ${"long ".repeat(40)}`;

/** The analysis with hostile names, lines and explanations everywhere a user's text may stand. */
export function hostileAnalysis(analysis: Analysis): Analysis {
  const { topology, verdicts, sources, coverage } = analysis;
  return {
    ...analysis,
    topology: {
      ...topology,
      title: HOSTILE,
      components: topology.components.map((component) => ({ ...component, title: HOSTILE })),
      networks: topology.networks.map((network) => ({ ...network, title: HOSTILE })),
      devices: topology.devices.map((device) => ({ ...device, title: HOSTILE })),
    },
    verdicts: verdicts.map(hostileVerdict),
    assumptions: [HOSTILE],
    sources: new Map([...sources].map(([file, lines]) => [file, lines.map(() => HOSTILE)])),
    coverage: coverage.map((file) => ({ ...file, lines: file.lines.map((line) => ({ ...line, note: HOSTILE })) })),
  };
}

/** The same for everything a review board looks at. */
export function hostileReview({ analysis, audit, repair }: Review): Review {
  const findings = audit?.findings.map((finding) => ({
    ...finding,
    ...{ message: HOSTILE, help: HOSTILE, packets: [HOSTILE] },
    evidence: finding.evidence.map((one) => ({ ...one, note: HOSTILE })),
  }));
  const repairs = repair?.repairs.map((one) => ({
    ...one,
    ...{ device: HOSTILE, file: HOSTILE, commands: [HOSTILE], before: "", after: HOSTILE },
  }));
  const diagnostics = analysis.diagnostics.map((one) => ({ ...one, message: HOSTILE }));
  return {
    analysis: hostileAnalysis(analysis),
    ...(audit && findings && { audit: { ...audit, findings } }),
    ...(repairs && { repair: { repairs, diagnostics } }),
  };
}

function hostileVerdict(verdict: Verdict): Verdict {
  const requirement = { ...verdict.requirement, title: HOSTILE, purpose: HOSTILE };
  return verdict.kind === "proved" ? { ...verdict, requirement } : { ...verdict, requirement, explanation: HOSTILE };
}
