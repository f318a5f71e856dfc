// What a connection tells whoever listens: each line that went over it, and how it stands.

/** What a herd uses a connection for: it asks over one, and watches over another. */
export type Purpose = "commands" | "watches";

export class LineEvent extends Event {
  readonly direction: "sent" | "received";
  /** Without its LF. Places come as several lines, the last of them empty. */
  readonly text: string;
  /** Of a herd's connections: which. */
  readonly purpose: Purpose | undefined;

  constructor(direction: "sent" | "received", text: string, purpose?: Purpose) {
    super("line");
    this.direction = direction;
    this.text = text;
    this.purpose = purpose;
  }
}

export type ConnectionState =
  /** A server is being asked to take the connection. */
  | "connecting"
  | "open"
  /** The last one was lost, or could not be made: the next try comes after a while. */
  | "waiting"
  /** For good: by `close()`, or because trying again is of no use. */
  | "closed";

export interface Standing {
  readonly state: ConnectionState;
  /** Whose connection it is, is to be, or was to be, where that is known. */
  readonly server?: string | undefined;
  /** Why it waits or is closed. */
  readonly reason?: string | undefined;
  /** How long it waits. */
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
  /** Of a herd's connections: which. */
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
