// The error of this library: what went wrong between a call and its answer, with a code for programs.
//
// The message says what could not be done, why, as far as that is known, and what to do. An aborted call rejects with its
// signal's own reason instead, as `fetch` does. No message contains a token. Keeps CL26.

export type HerdErrorCode =
  /** The protocol cannot say this, and nothing was sent. Or the options cannot be used, or there is no such server. */
  | "invalid"
  /** The server answered `? `. */
  | "refused"
  /** The server answered `? ` to a WHATSAT: it knows no such client, or the token does not allow it. */
  | "unknown client"
  /** No answer came within `timeoutSeconds`. */
  | "unreachable"
  /** The herd does not take the token, or asks for one. The connection is closed for good. */
  | "token refused"
  /** Too many calls wait for an answer, or too many reports wait for a reader. */
  | "too many waiting"
  /** `close()` was called. */
  | "closed";

export class HerdError extends Error {
  override readonly name = "HerdError";
  readonly code: HerdErrorCode;

  constructor(code: HerdErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
