/** A small security group as `az network nsg show` prints it, for the tests of the command line. */
const rule = (name: string, priority: number, access: string, ports: readonly string[]): object => ({
  ...{ access, description: "", destinationAddressPrefix: "10.2.0.0/24", destinationPortRanges: ports },
  ...{ direction: "Inbound", name, priority, protocol: "Tcp", sourceAddressPrefix: "10.1.0.0/24" },
  ...{ sourcePortRange: "*", provisioningState: "Succeeded" },
});

export const nsgExport = `${JSON.stringify(
  {
    ...{ defaultSecurityRules: [], location: "westeurope", name: "nsg-servers", resourceGroup: "rg-servers" },
    securityRules: [rule("replication", 100, "Allow", ["443", "9080"]), rule("no-rdp", 110, "Deny", ["3389"])],
    type: "Microsoft.Network/networkSecurityGroups",
  },
  null,
  2,
)}\n`;
