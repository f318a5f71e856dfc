// The far ends of a server's connections, as a transcript: says, hears, is closed.

import type { ConnectionId } from "../../src/core/protocol/connection.ts";
import { expect } from "vitest";

import type { ResumedConnection, ConnectionContext, HerdEvent } from "../../src/core/contract/events.ts";
import type { CloseReason } from "../../src/core/contract/close-reason.ts";
import { CLOSE_CODES } from "../../src/worker/transport/close-codes.ts";

/** The server that they are connected to, as the far ends use it. */
export interface Harness {
  readonly nowMillis: number;
  readonly server: { readonly incarnation: string; newConnection(): ConnectionId };
  /** What a client leaves unread, in bytes. */
  readonly unread: Map<ConnectionId, number>;
  arrive(event: HerdEvent): void;
  adopt(connection: ScriptedConnection): void;
}

export abstract class ScriptedConnection {
  readonly id: ConnectionId;
  protected readonly harness: Harness;
  #received: (string | Uint8Array)[] = [];
  #closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(harness: Harness, id: ConnectionId) {
    this.harness = harness;
    this.id = id;
  }

  /** How it stands in the attachment that outlives the server's memory. */
  abstract resumedAs(): ResumedConnection;

  /** Sends one message. */
  abstract says(data: string | Uint8Array): void;

  /** Exactly these messages came since the last time. */
  hears(...messages: readonly (string | Uint8Array)[]): void {
    const received = this.#received;
    this.#received = [];
    expect(received).toEqual(messages);
  }

  hearsNothing(): void {
    this.hears();
  }

  /** The messages that came since the last time. */
  takeReceived(): (string | Uint8Array)[] {
    const received = this.#received;
    this.#received = [];
    return received;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  isOpen(): void {
    expect(this.#closed).toBeUndefined();
  }

  isClosedWith(code: number, reason?: string): void {
    expect(this.#closed).toEqual({ code, reason: reason ?? expect.any(String) });
  }

  /** The connection is lost, as the server sees it. */
  breaks(reason = "broken off"): void {
    this.harness.arrive({ type: "closed", connection: this.id, reason });
  }

  /** What it watches, for the server's next life. */
  remember(_watches: readonly string[]): void {
    throw new Error("Expected only a client's connection to watch");
  }

  receive(data: string | Uint8Array): void {
    this.isOpen();
    this.#received.push(data);
  }

  beClosed({ name, text }: CloseReason): void {
    this.isOpen();
    this.#closed = { code: CLOSE_CODES[name], reason: text };
  }
}

export class ScriptedClient extends ScriptedConnection {
  readonly #visitor: ConnectionContext;
  #watches: readonly string[] = [];

  constructor(harness: Harness, id: ConnectionId, visitor: ConnectionContext) {
    super(harness, id);
    this.#visitor = visitor;
  }

  resumedAs(): ResumedConnection {
    return { type: "client", connection: this.id, ...this.#visitor, watches: this.#watches };
  }

  says(data: string | Uint8Array): void {
    this.harness.arrive({ type: "message", connection: this.id, data, receivedMillis: this.harness.nowMillis });
  }

  override remember(watches: readonly string[]): void {
    this.#watches = watches;
  }

  /** So much of what it was sent waits unread. */
  leavesUnread(bytes: number): void {
    this.harness.unread.set(this.id, bytes);
  }

  /** Sends a piece of a stream. */
  streams(piece: string | Uint8Array): void {
    const data = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    this.harness.arrive({ type: "chunk", connection: this.id, data, receivedMillis: this.harness.nowMillis });
  }

  /** Has no more to say, and listens on. */
  ends(): void {
    this.harness.arrive({ type: "input ended", connection: this.id, receivedMillis: this.harness.nowMillis });
  }

  /** Hears these lines, in one message. */
  hearsLines(...lines: readonly string[]): void {
    this.hears(lines.map((line) => `${line}\n`).join(""));
  }
}
