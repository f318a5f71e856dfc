// The ledger: the report of each client that the herd must not lose, which is the greatest one (RP6, RP11), and what it must not
// keep (FG5).
//
// A report enters when it is durable at one server. It leaves when every server that has kept it has lost its storage. No answer
// may leave before its report is durable, which is checked here. Everything acknowledged is therefore in the ledger. At the end
// every server has to hold the same of a client: the greatest report of the ledger that was heard after the client was last
// forgotten. With keeping, and once nothing can be known any more, it has to hold only when that was. One exception is allowed, because a server keeps one report of a client: a report which one with a later claim had
// superseded may go when that one is forgotten.

import type { Report } from "../../src/core/protocol/report.ts";
import {
  clientOf,
  compareReports,
  forgotNanos,
  greatestReport,
  heardNanos,
  isForgotten,
  shownOf,
} from "./claimed-time.ts";
import { Violation } from "./violation.ts";

/** How long reports are known in a run. */
export interface KeepingLaw {
  /** Whether the report of an AT line may be past keeping by the clock of some server. */
  readonly mayBePast: (line: string) => boolean;
  /** Whether it was past keeping so many milliseconds ago, by the clock of every server. */
  readonly wasPast: (line: string, agoMillis: number) => boolean;
}

/** A report may be taken so long before it is durable. */
const WRITTEN_MILLIS_MAX = 60_000;

/** An answer is made so long before it leaves. */
const ANSWERED_MILLIS_MAX = 20_000;

export class Ledger {
  /** The AT lines that were durable since the server last lost its storage, in order, by server and client. */
  readonly #kept: ReadonlyMap<string, Map<string, string[]>>;
  /** Every AT line that was ever durable at some server, by client. */
  readonly #everKept = new Map<string, Set<string>>();
  /** Every AT line that was answered, by client. */
  readonly #said = new Map<string, Set<string>>();
  /** When each client was forgotten, nanoseconds. */
  readonly #forgets = new Map<string, Set<bigint>>();
  /** What the first server holds of each client in the end. */
  readonly #agreed = new Map<string, string | undefined>();
  acknowledged = 0;

  readonly #keeping: KeepingLaw;

  constructor(servers: readonly string[], keeping: KeepingLaw) {
    this.#keeping = keeping;
    this.#kept = new Map(servers.map((server) => [server, new Map()]));
  }

  /** The clients in the ledger. */
  get clients(): Iterable<string> {
    return this.#everKept.keys();
  }

  /** Called when a report is durable at a server. */
  keep(server: string, { client, line }: Report): void {
    const kept = this.#of(server);
    const before = kept.get(client)?.at(-1);
    if (before !== undefined && compareReports(line, before) <= 0 && !this.#keeping.mayBePast(before))
      throw new Violation("RP6", `${server} put ${line} in the place of ${before}`);
    if (!isForgotten(line) && this.#keeping.wasPast(line, WRITTEN_MILLIS_MAX))
      throw new Violation("KP2", `${server} took ${line}, which was past keeping`);
    kept.set(client, [...(kept.get(client) ?? []), line]);
    setOf(this.#everKept, client).add(shownOf(line));
    const forgot = forgotNanos(line);
    if (forgot >= 0n) setOf(this.#forgets, client).add(forgot);
  }

  /** Called when a server lost its storage. A report that only this server held leaves the ledger. */
  lose(server: string): void {
    this.#of(server).clear();
  }

  /** Called when a server answers a client with an AT or FORGOT line. */
  acknowledge(server: string, line: string): void {
    this.acknowledged++;
    if (line.startsWith("AT ") && this.#keeping.wasPast(line, ANSWERED_MILLIS_MAX))
      throw new Violation("KP1", `${server} answered ${line}, which was past keeping`);
    const client = line.startsWith("FORGOT ") ? (line.split(" ")[1] ?? "") : clientOf(line);
    const held = this.#of(server).get(client) ?? [];
    // What was answered before a FORGET of the same turn leaves with its answer.
    // One that is past keeping beside what another one of its turn says is answered, and not kept.
    const isLapsed = line.startsWith("AT ") && held.length > 0 && this.#keeping.mayBePast(line);
    if (!isLapsed && !held.some((kept) => isCovered(line, kept)))
      throw new Violation("RP7", `${server} answered ${line}, which is not durable there`);
    // Of what came in one turn only the last is kept.
    if (line.startsWith("FORGOT ")) setOf(this.#forgets, client).add(forgotNanos(line));
    else setOf(this.#said, client).add(line);
  }

  /** Called when a server tells a watcher a line. It has to be durable at the server that heard the report. */
  tell(server: string, line: string): void {
    const isKept = line.startsWith("FORGOT ")
      ? this.#wasForgotten(line.split(" ")[1] ?? "", forgotNanos(line))
      : this.#everKept.get(clientOf(line))?.has(line);
    if (isKept !== true) throw new Violation("WT3", `${server} told ${line}, which is durable nowhere`);
  }

  /** Whether the client was forgotten then, or a report was heard then that may be past keeping (KP6). */
  #wasForgotten(client: string, nanos: bigint): boolean {
    if (this.#forgets.get(client)?.has(nanos) === true) return true;
    const known = [...(this.#everKept.get(client) ?? [])];
    return known.some((line) => heardNanos(line) === nanos && this.#keeping.mayBePast(line));
  }

  /**
   * Whether the client was forgotten after the first AT line was heard, or one that superseded it, and before the other one. A report may be past
   * keeping too.
   */
  isForgottenBetween(line: string, next: string): boolean {
    const client = clientOf(line);
    const known = [...(this.#everKept.get(client) ?? []), ...(this.#said.get(client) ?? [])];
    const superseding = known.filter((kept) => compareReports(kept, line) >= 0);
    if ([line, ...superseding].some(this.#keeping.mayBePast)) return true;
    return [...(this.#forgets.get(client) ?? [])].some(
      (forgot) => forgot < heardNanos(next) && [line, ...superseding].some((kept) => heardNanos(kept) <= forgot),
    );
  }

  /** Called at the end: the server has to hold of the client what the ledger says, byte for byte what the others hold. */
  demand(server: string, client: string, held: Report | undefined): void {
    const line = held?.line;
    const others = this.#agreed.get(client);
    if (this.#agreed.has(client) && line !== others)
      throw new Violation("CU3", `${server} holds ${line ?? `nothing of ${client}`}, and others ${others}`);
    this.#agreed.set(client, line);
    const kept = [...this.#kept.values()].flatMap((lines) => lines.get(client) ?? []);
    if (kept.length === 0 && line === undefined) return;
    const forgot = kept.map(forgotNanos).reduce((one, other) => (one > other ? one : other), -1n);
    if (line === undefined || kept.length === 0 || forgotNanos(line) !== forgot)
      throw new Violation("FG5", `${server} holds ${line} of ${client}, who was forgotten at ${forgot}`);
    const owed = this.#owed(client, kept, forgot);
    if (isForgotten(line)) {
      if (owed !== undefined) throw new Violation("FG5", `${server} has forgotten ${owed}: ${line}`);
      return;
    }
    if (heardNanos(line) <= forgot || !kept.some((found) => shownOf(found) === shownOf(line)))
      throw new Violation("FG5", `${server} holds ${line}, which was forgotten at ${forgot} or never kept`);
    if (owed !== undefined && compareReports(shownOf(line), owed) < 0)
      throw new Violation("CU3", `${server} holds ${line}, the greatest is ${owed}`);
  }

  /** Called when all is past keeping: a server knows of the client when it was last forgotten, like all others, and no more. */
  demandNothing(server: string, client: string, held: Report | undefined): void {
    const kept = [...this.#kept.values()].flatMap((lines) => lines.get(client) ?? []);
    const forgot = kept.map(forgotNanos).reduce((one, other) => (one > other ? one : other), -1n);
    if (held !== undefined && !isForgotten(held.line))
      throw new Violation("KP1", `${server} knows ${held.line}, which is past keeping`);
    if ((held === undefined ? -1n : forgotNanos(held.line)) !== forgot)
      throw new Violation("KP4", `${server} holds ${held?.line} of ${client}, who was forgotten at ${forgot}`);
  }

  /** As clients are shown it: the greatest report that no server may have lost. */
  #owed(client: string, kept: readonly string[], forgot: bigint): string | undefined {
    const known = [...(this.#everKept.get(client) ?? []), ...(this.#said.get(client) ?? [])];
    const forgotten = greatestReport(known.filter((line) => heardNanos(line) <= forgot));
    return greatestReport(
      kept
        .filter((line) => !isForgotten(line))
        .map(shownOf)
        .filter((line) => heardNanos(line) > forgot)
        .filter((line) => forgotten === undefined || compareReports(line, forgotten) > 0),
    );
  }

  #of(server: string): Map<string, string[]> {
    const held = this.#kept.get(server);
    if (held === undefined) throw new Error(`Cannot keep a ledger of ${server}: the herd has no such server`);
    return held;
  }
}

/** Whether a server that holds the one may have said the other. */
function isCovered(said: string, held: string): boolean {
  const forgot = forgotNanos(held);
  if (said.startsWith("FORGOT ")) return forgot >= forgotNanos(said);
  if (heardNanos(said) <= forgot) return true;
  return !isForgotten(held) && compareReports(shownOf(held), said) >= 0;
}

function setOf<Value>(sets: Map<string, Set<Value>>, key: string): Set<Value> {
  const found = sets.get(key) ?? new Set();
  sets.set(key, found);
  return found;
}
