import { drawDot } from "../diagram/dot.js";
import { drawMermaid } from "../diagram/mermaid.js";
import { overviewDiagram } from "../diagram/overview.js";
import { drawSvg } from "../diagram/svg.js";
import type { Analysis } from "../model/analysis.js";

type Drawing = (analysis: Analysis) => string;

/** The forms an analysis can be drawn in, by the name a user gives. */
export const drawings = {
  svg: (analysis) => drawSvg(overviewDiagram(analysis)),
  mermaid: (analysis) => drawMermaid(overviewDiagram(analysis)),
  dot: (analysis) => drawDot(overviewDiagram(analysis)),
} as const satisfies Readonly<Record<string, Drawing>>;
