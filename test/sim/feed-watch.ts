// Checks the wire between servers: frames within their limit, and no report sent more often than necessary.

import { Violation } from "./violation.ts";
import type { Watch } from "./connection.ts";

export class FeedWatch {
  readonly #framesMax: number;
  /** How often each AT line was sent, over all links. */
  readonly #sends = new Map<string, number>();
  /** Who brought each AT line first, by receiver and line. */
  readonly #sources = new Map<string, string>();
  /** Whether faults may make a report be sent again. */
  readonly #isFaultFree: boolean;
  /** Messages that servers received from servers. */
  messages = 0;
  bytes = 0;

  constructor(framesMax: number, isFaultFree: boolean) {
    this.#framesMax = framesMax;
    this.#isFaultFree = isFaultFree;
  }

  /** Two watches for one feed: of the messages of its sender, and of the answers of its receiver. */
  watchesOf(from: string, to: string): { readonly frames: Watch; readonly answers: Watch } {
    /** Frames without an ACK, in order: where each ends, and whether the sender has a GOT for it. */
    let unacknowledged: { readonly to: number; isGot: boolean }[] = [];
    const hear = (word: "GOT" | "ACK", to: number) => {
      const first = unacknowledged.find(({ isGot }) => !isGot);
      if (word === "GOT" && first !== undefined) first.isGot = true;
      else if (unacknowledged[0]?.isGot === true)
        unacknowledged = unacknowledged.filter((frame) => !frame.isGot || frame.to > to);
      else unacknowledged.shift();
    };
    return {
      frames: {
        sent: (frame) => {
          unacknowledged.push({ to: Number(frame.trim().split(" ").at(-1)), isGot: false });
          const underWay = unacknowledged.filter(({ isGot }) => !isGot).length;
          if (underWay > this.#framesMax)
            throw new Violation(
              "CU2",
              `${from} has ${underWay} frames under way to ${to}, of ${this.#framesMax} at most`,
            );
          if (this.#isFaultFree) for (const line of reportsIn(frame)) this.#countSend(line, from, to);
        },
        arrived: (frame) => {
          this.#count(frame);
          if (this.#isFaultFree) for (const line of reportsIn(frame)) this.#noteSource(line, from, to);
        },
      },
      answers: {
        sent: () => {},
        arrived: (answer) => {
          this.#count(answer);
          const [word, to] = answer.trim().split(" ");
          if (word === "ACK" || word === "GOT") hear(word, Number(to));
        },
      },
    };
  }

  /** Called at the end of a run without faults. */
  demandBound(servers: number, links: number): void {
    const most = 2 * links - (servers - 1);
    for (const [line, sends] of this.#sends)
      if (sends > most) throw new Violation("FL2", `${line} was sent ${sends} times, ${most} at most were needed`);
  }

  /** The messages of the simulator are ASCII. */
  #count(message: string): void {
    this.messages++;
    this.bytes += message.length;
  }

  #countSend(line: string, from: string, to: string): void {
    this.#sends.set(line, (this.#sends.get(line) ?? 0) + 1);
    if (this.#sources.get(`${from} ${line}`) === to)
      throw new Violation("FL2", `${from} sent ${line} back to ${to}, from where it came`);
  }

  #noteSource(line: string, from: string, to: string): void {
    const key = `${to} ${line}`;
    // The server that heard it from its client has it from no neighbour.
    if (!line.startsWith(`AT ${to} `) && !this.#sources.has(key)) this.#sources.set(key, from);
  }
}

function reportsIn(frame: string): string[] {
  return frame.split("\n").filter((line) => line.startsWith("AT "));
}
