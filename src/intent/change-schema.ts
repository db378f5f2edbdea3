/** JSON Schema of expected changes; `schemas/change.schema.json` is written from it. */
import { type JsonSchema, listOf, NAME, recordOf, textOf } from "./json-schema.js";

const addresses = listOf(textOf("`10.1.2.10`, `10.1.0.0/16`, `10.1.2.1-10.1.2.9` or `public`."), "Addresses.", 1);

const flow = recordOf(
  {
    from: addresses,
    to: addresses,
    services: listOf(textOf("`tcp/443`, `udp/137-138`, `icmp/echo`, `esp` or `any`."), "What is asked for.", 1),
    direction: {
      enum: ["forward", "input", "output"],
      description: "The way through the device; absent: across it, else to what it protects.",
    },
    in: textOf("Interface by which the packets enter; absent: whichever."),
    out: textOf("Interface by which they leave."),
  },
  ["from", "to", "services"],
);

const schema: JsonSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "flowproof expected change",
  ...recordOf(
    {
      change: { ...NAME, description: "Name of the change." },
      allow: listOf(flow, "Connections that are stopped before the change and possible after it."),
      deny: listOf(flow, "Connections that are possible before the change and stopped after it."),
    },
    ["change"],
  ),
};

export { schema as CHANGE_SCHEMA };
