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
    const receipts = new ReceiptWatch(from, to);
    return {
      frames: {
        sent: (frame) => {
          const underWay = receipts.send(Number(frame.trim().split(" ").at(-1)));
          if (underWay > this.#framesMax)
            throw new Violation(
              "CU2",
              `${from} has ${underWay} frames under way to ${to}, of ${this.#framesMax} at most`,
            );
          if (this.#isFaultFree) for (const line of reportsIn(frame)) this.#countSend(line, from, to);
        },
        arrived: (frame) => {
          this.#count(frame);
          receipts.arrive();
          if (this.#isFaultFree) for (const line of reportsIn(frame)) this.#noteSource(line, from, to);
        },
      },
      answers: {
        sent: (answer) => receipts.say(answer),
        arrived: (answer) => {
          this.#count(answer);
          receipts.hear(answer);
        },
      },
    };
  }

  /** Called at the end of a run without faults. */
  demandBound(servers: number, links: number): void {
    const most = 2 * links - (servers - 1);
    for (const [line, sends] of this.#sends)
      // Each server that keeps a report when its client is forgotten passes it on as one of that time.
      if (sends > (isForgetful(line) ? 2 * links : most))
        throw new Violation("FL2", `${line} was sent ${sends} times, ${most} at most were needed`);
  }

  /** The messages of the simulator are ASCII. */
  #count(message: string): void {
    this.messages++;
    this.bytes += message.length;
  }

  #countSend(line: string, from: string, to: string): void {
    this.#sends.set(line, (this.#sends.get(line) ?? 0) + 1);
    if (this.#sources.get(`${from} ${line}`) === to && !isForgetful(line))
      throw new Violation("FL2", `${from} sent ${line} back to ${to}, from where it came`);
  }

  #noteSource(line: string, from: string, to: string): void {
    const key = `${to} ${line}`;
    // The server that heard it from its client has it from no neighbour.
    if (!line.startsWith(`AT ${to} `) && !this.#sources.has(key)) this.#sources.set(key, from);
  }
}

function isForgetful(line: string): boolean {
  return line.includes(" forgot=");
}

/** The frames of one link, and what its receipts say of them. */
class ReceiptWatch {
  readonly #from: string;
  readonly #to: string;
  /** Where each frame ends, in order. */
  readonly #ends: number[] = [];
  #arrived = 0;
  /** Of how many frames the receiver has said that they came, and that they are durable. */
  readonly #said = { GOT: 0, ACK: 0 };
  /** What the sender has heard of that. */
  readonly #heard = { GOT: 0, ACK: 0 };

  constructor(from: string, to: string) {
    this.#from = from;
    this.#to = to;
  }

  /** Returns how many frames are under way. */
  send(end: number): number {
    this.#ends.push(end);
    return this.#ends.length - Math.max(this.#heard.GOT, this.#heard.ACK);
  }

  arrive(): void {
    this.#arrived++;
  }

  /** The receiver says a receipt: it is of the frames that it has, and says where the last of them ends. */
  say(answer: string): void {
    const counts = count(this.#said, answer);
    if (counts === undefined) return;
    const { frames, end } = counts;
    if (frames > this.#arrived || this.#ends[frames - 1] !== end)
      throw new Violation("CU14", `${this.#to} answers ${this.#from} ${answer.trim()}: ${frames} of ${this.#arrived}`);
  }

  hear(answer: string): void {
    count(this.#heard, answer);
  }
}

/** Counts a receipt. Returns of how many frames its word was said now, and where the last of them ends. */
function count(counts: { GOT: number; ACK: number }, answer: string) {
  const [word, end, frames] = answer.trim().split(" ");
  if (word !== "ACK" && word !== "GOT") return undefined;
  // Frames that are durable need no GOT.
  const before = word === "ACK" ? counts.ACK : Math.max(counts.GOT, counts.ACK);
  counts[word] = before + Number(frames);
  return { frames: counts[word], end: Number(end) };
}

function reportsIn(frame: string): string[] {
  return frame.split("\n").filter((line) => line.startsWith("AT "));
}
