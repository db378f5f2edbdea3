/** Runs a real Squid on loopback, in front of a parent of our own, and asks it what it does with requests. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { accessSync, chmodSync, constants, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RequestDisposition } from "../../src/model/proxy.js";

const CANDIDATES = ["/usr/sbin/squid", "/usr/local/sbin/squid", "/usr/local/squid/sbin/squid"];
const AUTHENTICATOR = "/usr/lib/squid/basic_fake_auth";

/** Path of an installed Squid that can authenticate users; undefined iff there is none. */
export function findSquid(): string | undefined {
  return CANDIDATES.find((path) => isExecutable(path) && isExecutable(AUTHENTICATOR));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export interface LiveRequest {
  /** An address of 127.0.0.0/8. */
  readonly source: string;
  readonly method: string;
  readonly target: string;
  readonly user?: string;
  /** Absent: no such header. */
  readonly userAgent?: string;
  /** The client a header states; it counts where the configuration follows it. */
  readonly statedClient?: string;
}

export interface LiveSquid {
  /** `other`: neither a fate by the rules nor a reply of the parent, e.g. a request Squid finds malformed. */
  ask(request: LiveRequest): Promise<RequestDisposition | "other">;
  stop(): Promise<void>;
}

/** What a configuration says before the lines that are asked about; the users' case is kept as sent. */
export const USERS = `auth_param basic program ${AUTHENTICATOR}
auth_param basic children 2 startup=1 idle=1
auth_param basic realm test
`;

function frame(folder: string, port: number, parent: number): string {
  return `http_port 127.0.0.1:${port}
dns_nameservers 127.0.0.1
hosts_file ${folder}/hosts
dns_timeout 100 milliseconds
dns_retransmit_interval 50 milliseconds
pid_filename ${folder}/pid
cache_log ${folder}/cache.log
access_log none
cache_store_log none
netdb_filename none
coredump_dir ${folder}
pinger_enable off
shutdown_lifetime 0 seconds
cache_mem 0 MB
cache deny all
max_filedescriptors 1024
visible_hostname proxy.test
cache_peer 127.0.0.1 parent ${parent} 0 no-query no-digest default connect-fail-limit=1000000
never_direct allow all
`;
}

/**
 * A running Squid with the lines, the names of `hosts` ("address name" each), and files beside them, whose folder the lines
 * call `@folder@`; undefined iff Squid refuses the lines.
 */
export async function startSquid(
  squid: string,
  lines: string,
  hosts: string,
  files: ReadonlyMap<string, string> = new Map(),
): Promise<LiveSquid | undefined> {
  const parent = await listen();
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "flowproof-squid-"));
  chmodSync(folder, 0o777); // started by root, Squid writes as another user
  const configuration = join(folder, "squid.conf");
  writeFileSync(join(folder, "hosts"), hosts);
  const placed = (text: string): string => text.replaceAll("@folder@", folder);
  writeFileSync(configuration, frame(folder, port, portOf(parent)) + placed(lines));
  for (const [name, text] of files) writeFileSync(join(folder, name), placed(text));
  const end = async (): Promise<void> => {
    await new Promise((done) => parent.close(done));
    rmSync(folder, { recursive: true, force: true });
  };
  if (!isAccepted(squid, configuration)) {
    await end();
    return undefined;
  }
  const process = spawn(squid, ["-N", "-f", configuration], { stdio: "ignore" });
  await untilListening(port, process);
  return {
    ask: (request) => ask(port, request),
    stop: async () => {
      const exited = new Promise((done) => process.once("exit", done));
      process.kill("SIGKILL");
      await exited;
      await end();
    },
  };
}

function isAccepted(squid: string, configuration: string): boolean {
  try {
    execFileSync(squid, ["-k", "parse", "-f", configuration], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

// The parent answers everything alike, so that no request leaves the machine.
function listen(): Promise<Server> {
  const server = createServer((socket) => {
    let head = "";
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      head += data.toString("latin1");
      if (head.includes("\r\n\r\n"))
        socket.end("HTTP/1.1 299 Parent\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  return new Promise((done) => server.listen(0, "127.0.0.1", () => done(server)));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the parent has no port");
  return address.port;
}

async function freePort(): Promise<number> {
  const server = await listen();
  const port = portOf(server);
  await new Promise((done) => server.close(done));
  return port;
}

async function untilListening(port: number, process: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    if (process.exitCode !== null) break;
    const isOpen = await new Promise<boolean>((done) => {
      const socket = connect(port, "127.0.0.1", () => done(socket.destroy() !== undefined));
      socket.on("error", () => done(false));
    });
    if (isOpen) return;
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error("Squid accepts the configuration and does not listen");
}

function ask(port: number, request: LiveRequest): Promise<RequestDisposition | "other"> {
  const { source, method, target, user, userAgent, statedClient } = request;
  const host = target.replace(/^[a-z]+:\/\/([^/]*).*/, "$1");
  const credentials = user === undefined ? "" : `Proxy-Authorization: Basic ${btoa(`${user}:secret`)}\r\n`;
  const agent = userAgent === undefined ? "" : `User-Agent: ${userAgent}\r\n`;
  const stated = statedClient === undefined ? "" : `X-Forwarded-For: ${statedClient}\r\n`;
  const body = method === "POST" || method === "PUT" ? "Content-Length: 0\r\n" : "";
  return new Promise((done, fail) => {
    let reply = "";
    const socket = connect({ port, host: "127.0.0.1", localAddress: source, timeout: 10_000 }, () => {
      socket.write(
        `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n${credentials}${agent}${stated}${body}Connection: close\r\n\r\n`,
      );
    });
    socket.on("timeout", () => socket.destroy(new Error(`no answer to ${method} ${target}`)));
    socket.on("error", fail);
    socket.on("data", (data) => {
      reply += data.toString("latin1");
    });
    socket.on("close", () => done(fateOf(reply)));
  });
}

function fateOf(reply: string): RequestDisposition | "other" {
  const status = /^HTTP\/1\.\d (\d+)/.exec(reply)?.[1];
  if (status === "407") return "challenge";
  if (status === "403" && /^X-Squid-Error: ERR_ACCESS_DENIED/im.test(reply)) return "drop";
  return status === "299" ? "accept" : "other";
}
