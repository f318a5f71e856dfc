// The events of a connection: each line that is sent or received, and each change of its state. Keeps CL36.

/** What a herd uses a connection for: one is for commands, the other for watches. */
export type Purpose = "commands" | "watches";

export class LineEvent extends Event {
  readonly direction: "sent" | "received";
  /** Without its LF. Places come as several lines; the last one is empty. */
  readonly text: string;
  /** Which of a herd's connections; `undefined` for a connection without a herd. */
  readonly purpose: Purpose | undefined;

  constructor(direction: "sent" | "received", text: string, purpose?: Purpose) {
    super("line");
    this.direction = direction;
    this.text = text;
    this.purpose = purpose;
  }
}

export type ConnectionState =
  /** A server was asked to take the connection and has not answered yet. */
  | "connecting"
  | "open"
  /** The last connection was lost or could not be made. The next try comes after a while. */
  | "waiting"
  /** Closed for good: by `close()`, or because another try is of no use. */
  | "closed";

export interface Standing {
  readonly state: ConnectionState;
  /** The server, if it is known: of this connection, of the one that is being made, or of the last one. */
  readonly server?: string | undefined;
  /** Why the state is `waiting` or `closed`. */
  readonly reason?: string | undefined;
  /** How long it waits, in state `waiting`. */
  readonly retryMillis?: number | undefined;
}

export class StateEvent<Type extends "state" | "connection" = "state" | "connection">
  extends Event
  implements Standing
{
  readonly state: ConnectionState;
  readonly server: string | undefined;
  readonly reason: string | undefined;
  readonly retryMillis: number | undefined;
  /** Which of a herd's connections; `undefined` for a connection without a herd. */
  readonly purpose: Purpose | undefined;

  constructor(type: Type, { state, server, reason, retryMillis }: Standing, purpose?: Purpose) {
    super(type);
    this.state = state;
    this.server = server;
    this.reason = reason;
    this.retryMillis = retryMillis;
    this.purpose = purpose;
  }
}
