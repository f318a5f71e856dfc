// Everything that can happen to a server, and everything that a server can do.
//
// These two unions are the whole border between the core and the world. The Durable Object and the simulator turn sockets
// into events, and effects into what sockets do. Neither needs to know what a line means.

import type { ConnectionId, ConnectionOptions, TransportTraits } from "../protocol/connection.ts";
import type { Hello } from "../protocol/frame.ts";
import type { CloseReason } from "./close-reason.ts";
import type { LogEntry } from "./log-entry.ts";
import type { Permissions } from "../access/permissions.ts";
import type { PlacesAnswer, PlacesQuery, ProviderFailure } from "../protocol/places.ts";

export type HerdEvent =
  /** A client connected. */
  | (ConnectionContext & {
      readonly type: "connected";
      readonly connection: ConnectionId;
      readonly transport: TransportTraits;
    })
  /** A whole WebSocket message of a client, or a POST body, came. */
  | {
      readonly type: "message";
      readonly connection: ConnectionId;
      readonly data: string | Uint8Array;
      readonly receivedMillis: number;
    }
  /** A message of a feed came, in either direction of a link. */
  | { readonly type: "frame"; readonly connection: ConnectionId; readonly data: string | Uint8Array }
  /** A piece of a TCP stream came. */
  | {
      readonly type: "chunk";
      readonly connection: ConnectionId;
      readonly data: Uint8Array;
      readonly receivedMillis: number;
    }
  /** The client sends no more, but still reads. Its answers leave, then the connection closes. */
  | { readonly type: "input ended"; readonly connection: ConnectionId; readonly receivedMillis: number }
  /** A connection of any kind is gone, or one that we dial could not be made. */
  | { readonly type: "closed"; readonly connection: ConnectionId; readonly reason: string }
  /** A neighbour dialled us. Its feed comes over this connection. */
  | { readonly type: "dialled by"; readonly connection: ConnectionId; readonly hello: Hello }
  | {
      readonly type: "places answered";
      readonly query: number;
      readonly provider: string;
      /** Providers that were asked before, and failed. */
      readonly failures?: readonly ProviderFailure[];
      readonly answer: PlacesAnswer;
    }
  /** The durable alarm rang. */
  | { readonly type: "alarm" }
  /** Somebody wants to know the digest of what the server holds. */
  | { readonly type: "digest asked" }
  /** The world has tried the storage, as it was asked. `problem`: why it takes no writes; `undefined` if it does. */
  | { readonly type: "storage tried"; readonly problem: string | undefined }
  /** Somebody wants to know whether the server can store: it has to make a commit in this turn. */
  | { readonly type: "commit asked" }
  /** An operator has put other storage under this server. */
  | { readonly type: "storage restored" }
  /** An operator takes the server out of service. Until it is resumed, it serves no client and no feed flows. */
  | { readonly type: "drained" }
  | { readonly type: "resumed" };

export type Effect =
  | { readonly type: "send"; readonly connection: ConnectionId; readonly data: string | Uint8Array }
  /** Closes after everything that was sent before. */
  | { readonly type: "close"; readonly connection: ConnectionId; readonly reason: CloseReason }
  | { readonly type: "dial"; readonly connection: ConnectionId; readonly neighbour: string; readonly hello: Hello }
  /** The connection has to remember these watches for the server's next life. What they say is the core's; none has a line feed. */
  | { readonly type: "remember subscriptions"; readonly connection: ConnectionId; readonly watches: readonly string[] }
  /** The world has to try whether the storage takes writes, where a failure does not end the server. "storage tried" answers. */
  | { readonly type: "try storage" }
  | { readonly type: "ask places"; readonly query: number; readonly request: PlacesQuery }
  | { readonly type: "log"; readonly entry: LogEntry }
  /** What is kept of the log so far is to say no longer where these clients were. */
  | { readonly type: "forget in log"; readonly clients: ReadonlySet<string> };

/** A connection that outlived the memory of its server, as its attachment describes it. */
export type ResumedConnection =
  | (ConnectionContext & {
      readonly type: "client";
      readonly connection: ConnectionId;
      /** What it watches, as it was told to remember it. */
      readonly watches?: readonly string[] | undefined;
    })
  | { readonly type: "neighbour"; readonly connection: ConnectionId; readonly hello: Hello };

/** What is known of a client that comes. */
export interface ConnectionContext extends ConnectionOptions {
  /** Absent for a connection without a token. */
  readonly permissions?: Permissions | undefined;
  /** Absent for a connection of the herd's own machine: no limit by address holds for it. */
  readonly address?: string | undefined;
}
