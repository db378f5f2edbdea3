/** `flowproof trace`: follows one packet through a topology, hop by hop, and its reply back. */
import type { ConnectionState } from "../../model/matches.js";
import type { PacketVerdict, Trace, TraceQuery } from "../../model/trace.js";
import { UsageError } from "../../model/usage-error.js";
import { listNamedFiles } from "../../pipeline/list-named-files.js";
import { traceTopology } from "../../pipeline/trace-topology.js";
import { withScripts } from "../../pipeline/with-scripts.js";
import { readProveInputs } from "../../read/read-inputs.js";
import { traceJson } from "../../report/trace-json.js";
import { traceText } from "../../report/trace-text.js";
import { EXIT, type ExitCode } from "../exit-code.js";
import type { AskedService } from "../options.js";
import { refuseInputs } from "../refuse.js";
import type { Terminal } from "../terminal.js";

export interface TraceCommandOptions {
  readonly from?: string;
  readonly to?: string;
  readonly port?: AskedService;
  readonly sourcePort?: number;
  readonly state: ConnectionState;
  readonly packet?: string;
  readonly format: "text" | "json";
  readonly explain: boolean;
}

/** Traces a packet: 0 iff some path lets it through, 3 iff that is undecided, else 1. */
export async function trace(path: string, options: TraceCommandOptions, terminal: Terminal): Promise<ExitCode> {
  const query = queryOf(options);
  const inputs = await withScripts(await readProveInputs(path, [], listNamedFiles));
  const { trace: traced, diagnostics } = traceTopology(inputs, query);
  if (traced === undefined) return refuseInputs(diagnostics, terminal);
  const presentation = terminal.presentation(options.explain);
  await terminal.write(options.format === "json" ? traceJson(traced) : traceText(traced, presentation));
  return exitCodeOfTrace(traced);
}

function queryOf({ from, to, port, packet, sourcePort, state }: TraceCommandOptions): TraceQuery {
  const ends = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  if (packet !== undefined) {
    if (port !== undefined) throw new UsageError("give either `--port` or `--packet`, not both");
    return { kind: "packet", text: packet, ...ends };
  }
  if (from === undefined || to === undefined || port === undefined) {
    const help = "e.g. `--from host-a --to host-b --port tcp/443`, or a whole packet with `--packet`";
    throw new UsageError("which packet? `--from`, `--to` and `--port` are needed", help);
  }
  return { kind: "service", from, to, ...port, ...(sourcePort === undefined ? {} : { sourcePort }), state };
}

function exitCodeOfTrace({ paths }: Trace): ExitCode {
  const some = (verdict: PacketVerdict): boolean => paths.some((path) => path.verdict === verdict);
  if (some("accept")) return EXIT.proved;
  return some("undecided") ? EXIT.undecided : EXIT.refuted;
}
