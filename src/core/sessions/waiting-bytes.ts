// What waits on clients' connections, in bytes: answers behind an answer that is not there yet, and what clients have not read.
//
// Either would fill the memory that all servers of a place share. So there is a limit for a connection, and one for all. What
// a client has not read is known by looking, and is looked at when something is sent to it. Only a connection that leaves much
// unread is remembered: the count of the others is small. Keeps LI27 and LI30.

import type { HerdConfig } from "../config/herd-config.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { QueuedBytes } from "./response-pipeline.ts";
import type { Session } from "./session.ts";

/** More unread bytes than this are much: as many are sent before the platform is asked how much was read. */
const MUCH_BYTES = 16_384;

export class WaitingBytes {
  /** Answers that wait for an answer before them. */
  readonly queued: QueuedBytes = { count: 0, expected: 0 };
  readonly #limits: HerdConfig["limits"];
  readonly #bufferedBytes: (connection: ConnectionId) => number;
  /** Connections that left much unread when they were last looked at. */
  readonly #unread = new Map<ConnectionId, number>();
  #unreadOfAll = 0;
  /** What leaves in this turn: the platform does not count it yet. */
  readonly #leaving = new Map<ConnectionId, number>();

  constructor(limits: HerdConfig["limits"], bufferedBytes: (connection: ConnectionId) => number) {
    this.#limits = limits;
    this.#bufferedBytes = bufferedBytes;
  }

  /** What waits on all connections. */
  get ofAll(): number {
    return this.queued.count + this.#unreadOfAll;
  }

  /** What waits on this connection. */
  of({ id, responses }: Session): number {
    return responses.bytes + this.#bufferedBytes(id);
  }

  /** Whether so many bytes more may wait on this connection, beside what is expected already. */
  hasRoom(session: Session, bytes: number): boolean {
    const { bufferedBytes, bufferedBytesOfAll } = this.#limits;
    return (
      this.of(session) + session.responses.expectedBytes + bytes <= bufferedBytes &&
      this.ofAll + this.queued.expected + bytes <= bufferedBytesOfAll
    );
  }

  /** Looks at a connection, on which so many bytes are about to be sent. */
  look(connection: ConnectionId, bytesToSend: number): void {
    const leaving = (this.#leaving.get(connection) ?? 0) + bytesToSend;
    if (leaving > 0) this.#leaving.set(connection, leaving);
    const unread = this.#bufferedBytes(connection) + leaving;
    this.#unreadOfAll += (unread > MUCH_BYTES ? unread : 0) - (this.#unread.get(connection) ?? 0);
    if (unread > MUCH_BYTES) this.#unread.set(connection, unread);
    else this.#unread.delete(connection);
  }

  /** The connection is gone. */
  drop({ id, responses }: Session): void {
    responses.drop();
    this.#unreadOfAll -= this.#unread.get(id) ?? 0;
    this.#unread.delete(id);
    this.#leaving.delete(id);
  }

  /** The turn is over: returns the sessions to close, so that all together have no more than they may: those with the most. */
  takeTooMuch(sessions: Iterable<Session>): Session[] {
    const heaviest = this.#tooMuch(sessions);
    this.#leaving.clear();
    return heaviest;
  }

  #tooMuch(sessions: Iterable<Session>): Session[] {
    const { bufferedBytesOfAll } = this.#limits;
    if (this.ofAll <= bufferedBytesOfAll) return [];
    // Some may have read meanwhile.
    for (const connection of this.#unread.keys()) this.look(connection, 0);
    let excess = this.ofAll - bufferedBytesOfAll;
    if (excess <= 0) return [];
    const byBytes = [...sessions]
      .map((session) => ({ session, bytes: this.of(session) + (this.#leaving.get(session.id) ?? 0) }))
      .toSorted((one, other) => other.bytes - one.bytes);
    const heaviest: Session[] = [];
    for (const { session, bytes } of byBytes) {
      if (excess <= 0) break;
      excess -= bytes;
      heaviest.push(session);
    }
    return heaviest;
  }
}
