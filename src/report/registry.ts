import type { Reporter } from "../model/reporter.js";
import { annotateAnalysis } from "./annotations.js";
import { githubCommands } from "./github.js";
import { gitlabCodeQuality } from "./gitlab.js";
import { reportJson } from "./json.js";
import { reportText } from "./text.js";

/** Every report of an analysis by the name `--format` takes. */
export const reporters = {
  text: reportText,
  json: reportJson,
  github: (analysis) => githubCommands(annotateAnalysis(analysis)),
  gitlab: (analysis) => gitlabCodeQuality(annotateAnalysis(analysis)),
} as const satisfies Readonly<Record<string, Reporter>>;
