// The far end of a connection, whatever carries it.

import type { CloseReason } from "../../core/contract/close-reason.ts";

export interface Transport {
  /** How much was sent and not taken by the far end yet; 0 where something else bounds it. */
  readonly bufferedBytes: number;
  /** Never throws: an event of its own reports a broken transport. */
  send(data: string | Uint8Array): void;
  /** Remembers what its client watches, for the server's next life. Absent where the connection does not outlive this one. */
  rememberWatches?(watches: readonly string[]): void;
  /** Closes after everything that was sent before. */
  close(reason: CloseReason): void;
}
