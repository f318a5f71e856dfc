// What can go wrong between a call and its answer, as one error with a code.
//
// The message says what could not be done, why as far as that can be known, and what to do about it. A code is for programs.
// A call that was aborted rejects with its signal's own reason instead, as `fetch` does. No message holds a token.
// Keeps CL5.

export type HerdErrorCode =
  /** What was asked for cannot be said in the protocol; nothing was sent. Or there is no such server. */
  | "invalid"
  /** The server answered `? `. */
  | "refused"
  /** The server answered `? ` to a WHATSAT: it knows no such client, or does not let this one know. */
  | "unknown client"
  /** No answer came for as long as a call waits. */
  | "unreachable"
  /** The herd does not take the token, or asks for one. It is not tried again. */
  | "token refused"
  /** More waits already than may: calls that were not answered, or reports that nobody read. */
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
