/** Puts cases to the kernel of this machine, where that is possible. */
import { execFile, spawnSync } from "node:child_process";
import type { KernelAnswer, KernelCase, KernelJob } from "./kernel-lab.js";
import { INTERFACES, type MachineInterface } from "./kernel-network.js";

/** Asks the kernel in a process that has a network of its own, on a machine with these interfaces. */
export function askKernel(
  cases: readonly KernelCase[],
  interfaces: readonly MachineInterface[] = INTERFACES,
): Promise<readonly KernelAnswer[]> {
  const lab = new URL("./kernel-lab.js", import.meta.url).pathname;
  return new Promise((resolve, reject) => {
    const command = ["--net", "--mount", process.execPath, lab];
    const child = execFile("unshare", command, { encoding: "utf8", maxBuffer: 1 << 28 }, (error, output) => {
      if (error === null) resolve(JSON.parse(output) as readonly KernelAnswer[]);
      else reject(error);
    });
    child.stdin?.end(JSON.stringify({ interfaces, cases } satisfies KernelJob));
  });
}

/** Why there is no judge here; undefined iff there is one. */
export function noKernelBecause(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "not root on Linux";
  const absent = ["nft", "iptables-nft-restore", "ip6tables-nft-restore", "ipset", "ip", "unshare"].filter(
    (tool) => spawnSync("sh", ["-c", `command -v ${tool}`]).status !== 0,
  );
  if (absent.length > 0) return `not installed: ${absent.join(", ")}`;
  const script =
    "ip link add eth0 type veth peer name peer0 && ip link add link peer0 name gate0 type macvtap mode passthru";
  return spawnSync("unshare", ["--net", "sh", "-c", script]).status === 0 ? undefined : "no namespaces with macvtap";
}
