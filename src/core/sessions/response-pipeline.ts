// The answers of one connection, in the order of their commands.
//
// A command that gets an answer takes a slot in the queue at once; the answer fills it later. What leaves is the filled
// head of the queue, so an IAMAT behind a waiting WHATSAT waits with it. What waits is counted, for the connection and for all
// (LI27). Keeps LN5 and LN9.

import type { Answer } from "../commands/command.ts";

export interface Slot {
  /** A function is called when the answer leaves: the command takes effect then. */
  answer: Answer | (() => Answer) | undefined;
  /** What it takes of memory, about. */
  bytes: number;
  /** How much more that may become once it is filled. */
  expectedBytes: number;
}

/** What a place in the order takes beside its answer, about. */
const SLOT_BYTES = 200;

/** Answers that wait, of all connections together. */
export interface QueuedBytes {
  count: number;
  expected: number;
}

export class ResponsePipeline {
  readonly #slots: Slot[] = [];
  readonly #ofAll: QueuedBytes;
  #bytes = 0;
  #expectedBytes = 0;

  constructor(ofAll: QueuedBytes) {
    this.#ofAll = ofAll;
  }

  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  /** What its answers take of memory. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How much more that may become when those come that are not there yet. */
  get expectedBytes(): number {
    return this.#expectedBytes;
  }

  /** Takes the next place. `expectedBytes`: how long the answer may become that will fill it. */
  take(answer?: Slot["answer"], expectedBytes = 0): Slot {
    const length = typeof answer === "function" ? 0 : (answer?.length ?? 0);
    const slot = { answer, bytes: SLOT_BYTES + length, expectedBytes };
    this.#slots.push(slot);
    this.#count(slot.bytes, expectedBytes);
    return slot;
  }

  /** Fills a place with its answer. */
  fill(slot: Slot, answer: Answer): void {
    const bytes = SLOT_BYTES + answer.length;
    if (!this.isEmpty) this.#count(bytes - slot.bytes, -slot.expectedBytes);
    slot.answer = answer;
    slot.bytes = bytes;
    slot.expectedBytes = 0;
  }

  /** Removes and returns the answers that can leave. */
  leave(): Answer[] {
    const answers: Answer[] = [];
    for (const { answer, bytes } of this.#slots) {
      if (answer === undefined) break;
      this.#count(-bytes, 0);
      answers.push(typeof answer === "function" ? answer() : answer);
    }
    this.#slots.splice(0, answers.length);
    return answers;
  }

  /** The connection is gone: none of its answers leaves any more. */
  drop(): void {
    this.#slots.length = 0;
    this.#count(-this.#bytes, -this.#expectedBytes);
  }

  #count(bytes: number, expectedBytes: number): void {
    this.#bytes += bytes;
    this.#expectedBytes += expectedBytes;
    this.#ofAll.count += bytes;
    this.#ofAll.expected += expectedBytes;
  }
}

/** Answers as messages: text with text while the message stays within `messageBytes` characters, bytes alone. */
export function joinAnswers(answers: readonly Answer[], messageBytes: number): Answer[] {
  const messages: Answer[] = [];
  let text = "";
  const finish = () => {
    if (text !== "") messages.push(text);
    text = "";
  };
  for (const answer of answers) {
    if (typeof answer !== "string" || text.length + answer.length > messageBytes) finish();
    if (typeof answer === "string") text += answer;
    else messages.push(answer);
  }
  finish();
  return messages;
}
