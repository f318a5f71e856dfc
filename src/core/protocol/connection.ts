// What is said of a connection, whatever carries it.

/** Names one connection of a server, client or peer; never used twice on one storage while a connection is open. */
export type ConnectionId = number;

/** What a WHATSAT about an unknown client is answered: nothing, or a refusal (WA2, WA7). */
export type UnknownPolicy = "ignore" | "reject";

/** Whose time an IAMAT gets whose own time is far off: the server's (RP17). Without it, none: the time stays, or is refused (RP4). */
export type ClockPolicy = "server";

/** How a connection wants to be answered. What it does not say is as the herd has it. */
export interface ConnectionOptions {
  readonly unknown?: UnknownPolicy | undefined;
  /** Whether a refusal says why (LN12). */
  readonly reasons?: boolean | undefined;
  readonly clock?: ClockPolicy | undefined;
}

export type TransportKind = "websocket" | "tcp" | "post";

/** What a transport can. Everything that depends on the transport depends on one of these, and not on its kind. */
export interface TransportTraits {
  /** For the log. */
  readonly kind: TransportKind;
  /** Whether what it carries comes in messages: a line never spans two of them (LN1). Otherwise it is a stream. */
  readonly isFramed: boolean;
  /** Whether it outlives the memory of its server. */
  readonly hibernates: boolean;
  /** Whether it can be sent a line that it did not ask for. One that cannot is over with its answers. */
  readonly pushes: boolean;
  /** Whether a token can be shown over it (AC8). */
  readonly showsTokens: boolean;
}

export const TRANSPORTS: Readonly<Record<TransportKind, TransportTraits>> = {
  websocket: { kind: "websocket", isFramed: true, hibernates: true, pushes: true, showsTokens: true },
  tcp: { kind: "tcp", isFramed: false, hibernates: false, pushes: true, showsTokens: false },
  post: { kind: "post", isFramed: true, hibernates: false, pushes: false, showsTokens: true },
};
