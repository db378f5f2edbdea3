import { deviceDiagram, isOrPartOf, requirementDiagram } from "../diagram/closeup.js";
import type { Diagram } from "../diagram/diagram.js";
import { drawDot } from "../diagram/dot.js";
import { drawDrawio } from "../diagram/drawio.js";
import { flowMatrix } from "../diagram/matrix.js";
import { drawMatrix } from "../diagram/matrix-svg.js";
import { drawMermaid } from "../diagram/mermaid.js";
import { overviewDiagram } from "../diagram/overview.js";
import { drawSvg } from "../diagram/svg.js";
import type { Analysis } from "../model/analysis.js";
import { helpForName } from "../model/near-names.js";
import { UsageError } from "../model/usage-error.js";

/** The forms a diagram can be drawn in, by the name a user gives. */
export const drawings = {
  svg: drawSvg,
  mermaid: drawMermaid,
  dot: drawDot,
  drawio: drawDrawio,
} as const satisfies Readonly<Record<string, (diagram: Diagram) => string | Promise<string>>>;

/** What of an analysis to draw: everything, one requirement's ways, what crosses one device, or the table of roles. */
export type View =
  | { readonly kind: "overview" | "matrix" }
  | { readonly kind: "requirement"; readonly id: string }
  | { readonly kind: "device"; readonly name: string };

/** The drawing of a view; throws UsageError where the topology has no such thing, or the form cannot show the view. */
export async function drawView(analysis: Analysis, view: View, format: keyof typeof drawings): Promise<string> {
  const { verdicts, topology } = analysis;
  switch (view.kind) {
    case "overview":
      return drawings[format](overviewDiagram(analysis));
    case "matrix":
      if (format !== "svg") throw new UsageError("a matrix is drawn as `svg` only");
      return drawMatrix(flowMatrix(analysis));
    case "requirement":
      if (!verdicts.some((verdict) => isOrPartOf(verdict, view.id)))
        throw unknown(
          "requirement",
          view.id,
          verdicts.map(({ requirement }) => requirement.id),
        );
      return drawings[format](requirementDiagram(analysis, view.id));
    case "device":
      if (!topology.devices.some(({ name }) => name === view.name))
        throw unknown(
          "device",
          view.name,
          topology.devices.map(({ name }) => name),
        );
      return drawings[format](deviceDiagram(analysis, view.name));
  }
}

function unknown(what: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`the topology has no ${what} \`${name}\``, helpForName(name, known));
}
