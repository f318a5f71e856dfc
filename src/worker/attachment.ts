// What a hibernating WebSocket remembers of itself, so that a server that wakes without memory knows its connections.
//
// Fact, 2026-11-22: an attachment is at most 16,384 bytes and is kept as long as the socket.

import type { ResumedConnection } from "../core/events.ts";

export type Attachment =
  | ResumedConnection
  /** Follows the log until then, POSIX milliseconds. */
  | { readonly type: "log"; readonly endMillis?: number | undefined; readonly address?: string | undefined };

export function attach(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment);
}

export function attachmentOf(socket: WebSocket): Attachment {
  return socket.deserializeAttachment() as Attachment;
}
