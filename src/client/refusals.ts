// A server's refusals, as calls and watches meet them: whether an answer is one, its error, and how long to wait for another try.
//
// The error says what a program can do about it, by the reason that the server gave. A server of an earlier version gives no
// reason. Keeps CL13, CL21, CL39 and CL41.

import { fieldsOf } from "../core/protocol/line.ts";
import { parseRefusal, type Refusal } from "../core/protocol/refusal.ts";
import { HerdError, type HerdErrorCode } from "./errors.ts";

/** How long a command waits that a server refused for its pace without a time. */
const LATER_MILLIS = 1000;

/** By the server's code: ours, and why, about a client whose id is quoted. */
const ERRORS: Readonly<Record<Refusal["code"], readonly [HerdErrorCode, (client: string) => string]>> = {
  syntax: ["invalid", () => "the server does not understand it"],
  range: ["invalid", () => "a value is out of the server's bounds"],
  clock: ["clock wrong", () => "its time is too far ahead of the server's clock: set the clock of this device"],
  forbidden: ["forbidden", (client) => `the token does not allow it for ${client}: use another token`],
  pace: ["too fast", () => "too much was said at once: wait before the next call"],
  full: ["full", () => "the server has as many as it may have"],
  storage: [
    "storage full",
    () => "the server's storage is full, and it takes no reports until there is room: report again later",
  ],
  unknown: ["unknown client", (client) => `no report of ${client} has reached the server`],
  refused: ["refused", () => "its server gives no reason, as servers of earlier versions do"],
};

/** The refusal of this line, if the answer is one. A server cuts a line that is too long for it (LN6). */
export function refusalOf(answer: string, line: string): Refusal | undefined {
  const refusal = parseRefusal(answer);
  return refusal !== undefined && refusal.line !== "" && line.startsWith(refusal.line) ? refusal : undefined;
}

export function refusalError(line: string, { code: said, retryAfterSeconds }: Refusal): HerdError {
  const [code, reasonAbout] = ERRORS[said];
  const [, client = ""] = fieldsOf(line);
  const reason = reasonAbout(JSON.stringify(client));
  return new HerdError(code, `The herd refused ${JSON.stringify(line)}: ${reason}`, retryAfterSeconds);
}

/** How long to wait before the line is said again. */
export function retryMillisOf({ retryAfterSeconds = LATER_MILLIS / 1000 }: Refusal): number {
  return retryAfterSeconds * 1000;
}
