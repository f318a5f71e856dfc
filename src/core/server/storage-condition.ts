// What a server may store: every report, those of clients that it knows, or none.
//
// There are two reasons to take less. The storage has as much as the configuration allows: then new clients are refused, and
// further on everything, while the server's own rows still are written. Or the storage refused a write, as a full disk does.
// That ended the last incarnation, and the next one begins here: it writes nothing at all, or it would end too, and with it
// all connections. So the world tries the storage elsewhere, from time to time. Keeps ST2, ST5 to ST8 and LI26.

import type { HerdConfig } from "../config/herd-config.ts";
import type { StorageState } from "../contract/status.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import type { RefusedWrite, ReportStore } from "../store/report-store.ts";

interface ConditionPorts {
  readonly limits: Pick<HerdConfig["limits"], "storageBytes" | "storageBytesMax" | "storageTrySeconds">;
  readonly turn: TurnPort;
  readonly store: Pick<ReportStore, "sizeBytes">;
}

/** The time between two tries doubles up to this. Every write that is refused after a try that worked closes all connections. */
const LONGEST_TRIES = 32;

/** Rows may become longer too: the size is read at least so often while there are commits. */
const MEASURE_MILLIS = 10_000;

export class StorageCondition {
  readonly #ports: ConditionPorts;
  /** The write that was refused, until the storage takes writes again. */
  #refused: RefusedWrite | undefined;
  #bytes: number;
  #measuredMillis = 0;
  #state: StorageState;
  /** When the storage is tried next, by the steady clock; `undefined` before the first turn. */
  #tryAtMillis: number | undefined;
  #isTrying = false;

  constructor(ports: ConditionPorts, refused: RefusedWrite | undefined) {
    this.#ports = ports;
    this.#refused = refused;
    this.#bytes = ports.store.sizeBytes();
    this.#state = "has room";
    this.#judge();
  }

  get state(): StorageState {
    return this.#state;
  }

  get takesNewClients(): boolean {
    return this.#state === "has room";
  }

  get takesReports(): boolean {
    return this.#state !== "read-only";
  }

  /** Whether anything may be written: of what was taken before, and of the server itself. */
  get takesWrites(): boolean {
    return this.#refused === undefined;
  }

  /** Why it does not take every report; `undefined` if it does. */
  get problem(): string | undefined {
    const { limits } = this.#ports;
    if (this.#refused !== undefined) return `its storage refused a write: ${this.#refused.reason}`;
    if (this.#state === "read-only")
      return `it stores ${this.#bytes} bytes, and may store ${limits.storageBytesMax} (limits.storageBytesMax)`;
    if (this.#state === "no new clients")
      return `it stores ${this.#bytes} bytes, and takes no new clients from ${limits.storageBytes} on (limits.storageBytes)`;
    return undefined;
  }

  /** When the storage has to be tried, by the steady clock; Infinity if it has not. */
  get nextTryMillis(): number {
    return this.#refused === undefined || this.#isTrying ? Infinity : (this.#tryAtMillis ?? 0);
  }

  /** After a commit. `added`: rows of clients unknown before. */
  measure(added: number): void {
    const { store, turn } = this.#ports;
    if (added === 0 && turn.steadyMillis < this.#measuredMillis + MEASURE_MILLIS) return;
    this.#measuredMillis = turn.steadyMillis;
    this.#bytes = store.sizeBytes();
    this.#judge();
  }

  /** Asks the world to try the storage, if it is time. */
  tryIfDue(): void {
    const refused = this.#refused;
    if (refused === undefined || this.#isTrying) return;
    const { turn, limits } = this.#ports;
    const doublings = Math.max(0, refused.times - 2);
    const intervalMillis = limits.storageTrySeconds * 1000 * Math.min(LONGEST_TRIES, 2 ** doublings);
    // The first refusal may have been no refusal at all. After others, a try that works may be followed by one more.
    this.#tryAtMillis ??= turn.steadyMillis + (refused.times === 1 ? 0 : intervalMillis);
    if (this.#tryAtMillis > turn.steadyMillis) return;
    this.#tryAtMillis = turn.steadyMillis + intervalMillis;
    this.#isTrying = true;
    turn.emit({ type: "try storage" });
  }

  /** The storage was tried; `problem`: why it takes no writes. Returns whether it takes writes from now on. */
  tried(problem: string | undefined): boolean {
    this.#isTrying = false;
    if (this.#refused === undefined) return false;
    this.#refused = problem === undefined ? undefined : { ...this.#refused, reason: problem };
    this.#judge();
    return this.takesWrites;
  }

  #judge(): void {
    const { limits, turn } = this.#ports;
    const before = this.#state;
    if (this.#refused !== undefined || this.#bytes >= limits.storageBytesMax) this.#state = "read-only";
    else this.#state = this.#bytes >= limits.storageBytes ? "no new clients" : "has room";
    if (this.#state === before) return;
    if (this.#state === "has room") turn.log({ event: "storage has room" });
    else turn.log({ event: "storage full", state: this.#state, reason: this.problem ?? "" });
  }
}
