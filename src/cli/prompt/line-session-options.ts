// What a session of lines reads from and writes to.

import type { Readable, Writable } from "node:stream";

export interface LineSessionOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  /** Whether the lines of earlier sessions are offered, and those of this one kept. */
  readonly isHistoryKept: boolean;
}
