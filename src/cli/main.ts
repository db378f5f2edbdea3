#!/usr/bin/env node
/** The `flowproof` command, as the build has bundled it. */
import { fileURLToPath } from "node:url";
import { Bundle } from "./bundle.js";

const bundle = new Bundle(fileURLToPath(new URL("../bundle/", import.meta.url)));
await (bundle.load("run.cjs") as typeof import("./run.js")).runProcess();
