// The error of a call that a server refused: what a program can do about it, by the reason that the server gave.
//
// A server of an earlier version gives no reason. Keeps CL21 and CL39.

import type { Refusal } from "../core/protocol/refusal.ts";
import { HerdError, type HerdErrorCode } from "./errors.ts";

const ERRORS: Readonly<Record<Refusal["code"], readonly [HerdErrorCode, string]>> = {
  syntax: ["invalid", "the server does not understand it"],
  range: ["invalid", "a value is out of the server's bounds"],
  clock: ["clock wrong", "its time is too far ahead of the server's clock: set the clock of this device"],
  forbidden: ["forbidden", "the token does not allow it: use another token"],
  pace: ["too fast", "too much was said at once: wait before the next call"],
  full: ["full", "the server has as many as it may have"],
  unknown: ["unknown client", "no report of this client has reached the server"],
  refused: ["refused", "its server gives no reason, as servers of earlier versions do"],
};

export function refusalError(line: string, { code: said, retryAfterSeconds }: Refusal): HerdError {
  const [code, reason] = ERRORS[said];
  return new HerdError(code, `The herd refused ${JSON.stringify(line)}: ${reason}`, retryAfterSeconds);
}
