// The answers of one connection, in the order of their commands.
//
// A command that gets an answer takes a slot in the queue at once; the answer fills it later. What leaves is the filled
// head of the queue, so an IAMAT behind a waiting WHATSAT waits with it. Keeps LN5 and LN9.

import type { Answer } from "../commands/command.ts";

export interface Slot {
  /** A function is called when the answer leaves: the command takes effect then. */
  answer: Answer | (() => Answer) | undefined;
}

export class ResponsePipeline {
  readonly #slots: Slot[] = [];

  get isEmpty(): boolean {
    return this.#slots.length === 0;
  }

  take(answer?: Slot["answer"]): Slot {
    const slot = { answer };
    this.#slots.push(slot);
    return slot;
  }

  /** Removes and returns the answers that can leave. */
  leave(): Answer[] {
    const answers: Answer[] = [];
    for (const { answer } of this.#slots) {
      if (answer === undefined) break;
      answers.push(typeof answer === "function" ? answer() : answer);
    }
    this.#slots.splice(0, answers.length);
    return answers;
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
