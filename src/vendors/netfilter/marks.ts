/**
 * The marks of packets and connections as tags: what is known of both marks at a place is one of few cases, since rules set
 * marks only in the ways that the exports show. Where nothing has been set, the mark may be anything: it may come from
 * outside of the rules.
 */
import { MOST_TAGS } from "../../model/acl.js";

/** Which of the two marks. */
export type MarkSide = "packet" | "connection";

/**
 * The mark of a side becomes `(packet mark & packet) ^ (connection mark & connection) ^ constant`; where `isUnknown`, anything
 * in the bits that the two masks leave out.
 */
export interface MarkChange {
  readonly side: MarkSide;
  readonly packet: number;
  readonly connection: number;
  readonly constant: number;
  readonly isUnknown?: true;
}

/** Holds iff the bits of the mark that `mask` names make a number for which `holds` is true. */
export interface MarkTest {
  readonly side: MarkSide;
  readonly mask: number;
  readonly holds: (value: number) => boolean;
  /** The numbers for which it holds, where they are few: then also a mark that is known in part may rule it out. */
  readonly values?: readonly number[];
}

/** A change that makes of a mark what nobody knows. */
export function forgetMark(side: MarkSide): MarkChange {
  return { side, packet: 0, connection: 0, constant: 0, isUnknown: true };
}

/** A mark of which only some bits are known. */
interface Bits {
  readonly known: number;
  /** Zero in the bits that are not known. */
  readonly value: number;
}

/** The bits that a test looks at. */
type Asked = Pick<MarkTest, "side" | "mask">;

type Marks = Readonly<Record<MarkSide, Bits>>;

const UNKNOWN: Bits = { known: 0, value: 0 };
const ALL_BITS = 0xffffffff;

/** The tags for which a test holds, and those for which it may. */
export interface TestedTags {
  readonly surely: readonly number[];
  readonly perhaps: readonly number[];
}

/** All cases that may come about; the first, tag 0, is that of a packet that enters. */
export class MarkCases {
  private readonly cases: Marks[];
  private readonly tags = new Map<string, number>();
  private readonly relevant: Readonly<Record<MarkSide, number>>;
  /** True iff marks matter and their cases are few enough to be followed. */
  readonly isFollowed: boolean;

  /** `isClean`: packets are not marked by anything but these changes. */
  constructor(changes: readonly MarkChange[], tests: readonly Asked[], isClean: boolean) {
    this.relevant = relevantBits(changes, tests);
    // a connection may have begun under other rules
    const start: Marks = { packet: isClean ? { known: ALL_BITS, value: 0 } : UNKNOWN, connection: UNKNOWN };
    this.cases = [this.reduced(start)];
    this.tags.set(keyOf(this.cases[0] as Marks), 0);
    for (let tag = 0; tag < this.cases.length && this.cases.length <= MOST_TAGS; tag++) {
      for (const change of changes) this.tagOf(this.changed(this.cases[tag] as Marks, change));
    }
    this.isFollowed = tests.length > 0 && this.cases.length <= MOST_TAGS;
  }

  /** By the tag before, the tag after a change; undefined iff it changes no tag. */
  becomes(change: MarkChange): readonly number[] | undefined {
    if (!this.isFollowed) return undefined;
    const after = this.cases.map((marks) => this.tagOf(this.changed(marks, change)));
    return after.every((tag, before) => tag === before) ? undefined : after;
  }

  /** For which tags a test holds, or with `isNegated` does not. */
  tested(test: MarkTest, isNegated = false): TestedTags {
    const answers = this.cases.map((marks) => answerOf(marks[test.side], test));
    const tagsWith = (answer: boolean | undefined): number[] =>
      [...answers.keys()].filter((tag) => answers[tag] === answer);
    return { surely: tagsWith(!isNegated), perhaps: tagsWith(undefined) };
  }

  private tagOf(marks: Marks): number {
    const key = keyOf(marks);
    const known = this.tags.get(key);
    if (known !== undefined) return known;
    this.tags.set(key, this.cases.length);
    return this.cases.push(marks) - 1;
  }

  private changed(marks: Marks, change: MarkChange): Marks {
    return this.reduced({ ...marks, [change.side]: bitsAfter(marks, change) });
  }

  private reduced({ packet, connection }: Marks): Marks {
    return { packet: only(packet, this.relevant.packet), connection: only(connection, this.relevant.connection) };
  }
}

/** The bits that some test may see, directly or from the other mark. */
function relevantBits(changes: readonly MarkChange[], tests: readonly Asked[]): Readonly<Record<MarkSide, number>> {
  const asked = (side: MarkSide): number =>
    tests.filter((test) => test.side === side).reduce((bits, { mask }) => bits | mask, 0);
  const [packet, connection] = [asked("packet"), asked("connection")];
  const isCopied = changes.some(({ side, ...from }) => from[side === "packet" ? "connection" : "packet"] !== 0);
  return isCopied ? { packet: packet | connection, connection: packet | connection } : { packet, connection };
}

function only({ known, value }: Bits, bits: number): Bits {
  return { known: (known & bits) >>> 0, value: (value & bits) >>> 0 };
}

function keyOf({ packet, connection }: Marks): string {
  return [packet.known, packet.value, connection.known, connection.value].join();
}

function bitsAfter({ packet, connection }: Marks, change: MarkChange): Bits {
  const lost = (change.packet & ~packet.known) | (change.connection & ~connection.known);
  const untold = change.isUnknown ? ~(change.packet | change.connection) : 0;
  const known = ~(lost | untold) >>> 0;
  const value = (packet.value & change.packet) ^ (connection.value & change.connection) ^ change.constant;
  return { known, value: (value & known) >>> 0 };
}

/** What a test says of a mark; undefined iff the bits that are known do not tell. */
function answerOf({ known, value }: Bits, { mask, holds, values }: MarkTest): boolean | undefined {
  if ((mask & ~known) >>> 0 === 0) return holds((value & mask) >>> 0);
  const isPossible = (each: number): boolean => ((each ^ value) & known & mask) >>> 0 === 0;
  return values?.some(isPossible) === false ? false : undefined;
}
