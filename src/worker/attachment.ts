// What a hibernating WebSocket remembers of itself, so that a server that wakes without memory knows its connections.
//
// Fact, 2026-11-22: an attachment is at most 16,384 bytes and is kept as long as the socket. So watches stand in it as UTF-8,
// a line each: as a string, one character beyond Latin-1 doubles a client's id. src/core/herd-config.ts holds them to what
// fits. Keeps WT6.

import type { ResumedConnection } from "../core/events.ts";
import { decodeUtf8, encodeUtf8 } from "../core/utf8.ts";

type ClientAttachment = Omit<Extract<ResumedConnection, { readonly type: "client" }>, "watches"> & {
  /** No id has an LF in it. */
  readonly watches?: Uint8Array;
};

type Stored =
  | ClientAttachment
  | Extract<ResumedConnection, { readonly type: "neighbour" }>
  /** Follows the log until then, POSIX milliseconds. */
  | { readonly type: "log"; readonly endMillis?: number | undefined; readonly address?: string | undefined };

export type Attachment = ResumedConnection | Extract<Stored, { readonly type: "log" }>;

export function attach(
  socket: WebSocket,
  attachment: Exclude<Stored, ClientAttachment> | Omit<ClientAttachment, "watches">,
): void {
  socket.serializeAttachment(attachment);
}

/** Adds to what a client's socket remembers what it watches now. */
export function attachWatches(socket: WebSocket, watches: readonly string[]): void {
  const { watches: _before, ...attachment } = socket.deserializeAttachment() as ClientAttachment;
  socket.serializeAttachment(
    watches.length === 0 ? attachment : { ...attachment, watches: encodeUtf8(watches.join("\n")) },
  );
}

export function attachmentOf(socket: WebSocket): Attachment {
  const stored = socket.deserializeAttachment() as Stored;
  if (stored.type !== "client") return stored;
  const { watches, ...attachment } = stored;
  return watches === undefined ? attachment : { ...attachment, watches: (decodeUtf8(watches) ?? "").split("\n") };
}
