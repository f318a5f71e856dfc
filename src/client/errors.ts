// The error of this library: what went wrong between a call and its answer, with a code for programs.
//
// The message says what could not be done, why, as far as that is known, and what to do. An aborted call rejects with its
// signal's own reason instead, as `fetch` does. No message contains a token. Keeps CL26.

export type HerdErrorCode =
  /** The protocol cannot say this, the options cannot be used, or there is no such server. */
  | "invalid"
  /** The time of the report is too far ahead of the server's clock. */
  | "clock wrong"
  /** The token does not allow this. */
  | "forbidden"
  /** The server went on refusing it as too much at once for `timeoutSeconds`. `retryAfterSeconds`: when to say it again. */
  | "too fast"
  /** The server has as many clients as it takes, or as many watches. */
  | "full"
  /** The server's storage is full, so it takes no reports now. */
  | "storage full"
  /** The server knows no such client. */
  | "unknown client"
  /** The client was forgotten before its report was sent: the report is not sent any more. */
  | "forgotten"
  /** A server of an earlier version refused it, and gave no reason. */
  | "refused"
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

  /** Only with `too fast`. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: HerdErrorCode, message: string, retryAfterSeconds?: number) {
    super(message);
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
