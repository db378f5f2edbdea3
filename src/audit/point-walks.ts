/** Walks single packets through acls, with or without a rule: much quicker than a set of one packet. */
import { chooseByIndex } from "../compile/choose-aces.js";
import type { CompiledDevice } from "../compile/compile-device.js";
import { AclEvaluation, type PreparedAcl, prepareAcl } from "../compile/evaluate-acl.js";
import { MatchReader } from "../compile/evaluate-match.js";
import { travellerOf } from "../compile/evaluate-packet.js";
import type { Ace } from "../model/acl.js";
import type { Packet } from "../model/flow.js";
import type { Root } from "./attachment.js";
import type { Rule } from "./rules.js";

export class PointWalks {
  readonly compiled: CompiledDevice;
  #prepared: ReadonlyMap<string, PreparedAcl> | undefined;

  constructor(compiled: CompiledDevice) {
    this.compiled = compiled;
  }

  /** For a root without a rule: false only if a packet put to it may meet another outcome than `kind`. */
  without(rule: Rule, root: Root, kind: string): (packet: Packet) => boolean {
    const absent = new Set(rule.aces.map(({ ace }) => ace));
    const acls = new Map(this.#acls());
    for (const { acl } of rule.aces) {
      const prepared = acls.get(acl.acl.name);
      if (prepared === undefined) continue;
      const acesFor: PreparedAcl["acesFor"] = (traveller) =>
        [...prepared.acesFor(traveller)].filter(({ ace }) => !absent.has(ace));
      acls.set(acl.acl.name, { ...prepared, acesFor });
    }
    return (packet) => {
      const endings = new AclEvaluation(acls).run(root.acl, this.compiled.at, travellerOf(packet));
      return endings.every(({ outcome }) => outcome.kind === kind);
    };
  }

  /** Tells of every ace to which a packet may come that is put to a root. */
  observe({ acl }: Root, packet: Packet, reached: (ace: Ace) => void): void {
    new AclEvaluation(this.#acls(), reached).run(acl, this.compiled.at, travellerOf(packet));
  }

  #acls(): ReadonlyMap<string, PreparedAcl> {
    if (this.#prepared === undefined) {
      const { device, options } = this.compiled;
      const reader = new MatchReader(device.sets, options);
      const choose = chooseByIndex(device, options);
      this.#prepared = new Map(device.acls.map((acl) => [acl.name, prepareAcl(acl, reader, choose)]));
    }
    return this.#prepared;
  }
}
