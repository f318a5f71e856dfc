// The far end of a connection, whatever carries it.

import type { CloseReason } from "../../core/contract/close-reason.ts";

export interface Transport {
  /** What was sent and the far end has not taken yet, where nothing else bounds it. */
  readonly bufferedBytes: number;
  /** Never throws: a transport that broke says so by its own event. */
  send(data: string | Uint8Array): void;
  /** What its client watches, for the server's next life; absent where the connection does not outlive this one. */
  rememberWatches?(watches: readonly string[]): void;
  /** Closes after everything sent before. */
  close(reason: CloseReason): void;
}
