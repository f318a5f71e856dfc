// What a hibernating WebSocket remembers of itself, so that a server that wakes without memory knows its connections.
//
// Fact, 2026-11-22: an attachment has at most 16,384 bytes and is kept as long as the socket. It holds lists of ids as
// UTF-8: in a text, one character beyond Latin-1 doubles the size of the whole text. The longest token's claims (three quarters
// of `auth.tokenBytes`, at most 6 KB) and the most watches (`limits.watches`, at most 32 of 284 bytes) then fit together.
// Keeps AC17, WT6 and WT26.

import type { ResumedConnection } from "../../core/contract/events.ts";
import { readPermissions } from "../../core/access/permissions.ts";
import { decodeUtf8, encodeUtf8 } from "../../core/lib/utf8.ts";

type Client = Extract<ResumedConnection, { readonly type: "client" }>;

/** The stored form: `permissions` is JSON, `watches` has one watch per line. */
type StoredClient = Omit<Client, "permissions" | "watches"> & {
  readonly permissions?: Uint8Array | undefined;
  readonly watches?: Uint8Array | undefined;
};

type Other =
  | Extract<ResumedConnection, { readonly type: "neighbour" }>
  /** Follows the log until then, POSIX milliseconds. */
  | { readonly type: "log"; readonly endMillis?: number | undefined; readonly address?: string | undefined };

export type Attachment = Client | Other;

export function attach(socket: WebSocket, attachment: Attachment): void {
  socket.serializeAttachment(attachment.type === "client" ? stored(attachment) : attachment);
}

export function attachmentOf(socket: WebSocket): Attachment {
  const found = socket.deserializeAttachment() as StoredClient | Other;
  if (found.type !== "client") return found;
  const permissions = found.permissions && readPermissions(textOf(found.permissions));
  return { ...found, permissions, watches: found.watches && textOf(found.watches).split("\n") };
}

/** Makes a client's socket remember that it watches these, and nothing else. */
export function attachWatches(socket: WebSocket, watches: readonly string[]): void {
  const attachment = attachmentOf(socket);
  if (attachment.type === "client") attach(socket, { ...attachment, watches });
}

function stored({ permissions, watches = [], ...client }: Client): StoredClient {
  return {
    ...client,
    permissions: permissions && encodeUtf8(JSON.stringify(permissions)),
    watches: watches.length === 0 ? undefined : encodeUtf8(watches.join("\n")),
  };
}

function textOf(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new Error("Cannot read the attachment of a WebSocket: it is not UTF-8");
  return text;
}
