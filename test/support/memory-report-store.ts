// A report store in memory, for the simulator and the tests of the core. It has the same contract as the one in SQLite.
//
// A commit changes the live maps and keeps an undo list. A body that throws leaves nothing behind.

import { isGreater, isLater, type Report } from "../../src/core/protocol/report.ts";
import { compareUtf8 } from "../../src/core/lib/utf8.ts";
import type {
  NumberedReport,
  OfferedReport,
  ReportStore,
  ScanStep,
  StoredNeighbour,
  StoreHead,
} from "../../src/core/store/report-store.ts";

export class MemoryReportStore implements ReportStore {
  /** The durable alarm, POSIX milliseconds. */
  alarmAtMillis: number | undefined;
  readonly #reports = new Map<string, NumberedReport>();
  readonly #neighbours = new Map<string, StoredNeighbour>();
  #head: StoreHead | undefined;
  #isDrained = false;
  #bytes = 4096;
  #undo: (() => void)[] | undefined;

  /** What its texts take, roughly as in SQLite: the contract says only that more reports take more. */
  sizeBytes(): number {
    return this.#bytes;
  }

  transact(body: () => void): void {
    this.#undo = [];
    try {
      body();
    } catch (error) {
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  read(client: string): Report | undefined {
    return this.#reports.get(client)?.report;
  }

  keep(batch: readonly OfferedReport[]): { kept: Set<number>; added: Set<number> } {
    const kept = new Set<number>();
    const added = new Set<number>();
    for (const { isFlooded = false, ...numbered } of batch) {
      const { client } = numbered.report;
      const held = this.#reports.get(client);
      const passes = isFlooded ? isGreater : isLater;
      if (!passes(numbered.report, held?.report)) continue;
      if (held === undefined) added.add(numbered.seq);
      this.addBytes(bytesOf(numbered.report) - (held === undefined ? 0 : bytesOf(held.report)));
      this.#set(this.#reports, client, numbered);
      kept.add(numbered.seq);
    }
    return { kept, added };
  }

  scan(afterClient: string | undefined, count: number): ScanStep {
    const clients = [...this.#reports.keys()]
      .filter((client) => compareUtf8(client, afterClient ?? "") > 0)
      .toSorted(compareUtf8);
    const rows = clients.slice(0, count).flatMap((client) => this.#reports.get(client) ?? []);
    return { rows, isLast: rows.length < count };
  }

  readHead(): StoreHead | undefined {
    return this.#head;
  }

  writeHead(head: StoreHead): void {
    const before = this.#head;
    this.#undo?.push(() => {
      this.#head = before;
    });
    this.#head = head;
  }

  readNeighbours(): Map<string, StoredNeighbour> {
    return new Map(this.#neighbours);
  }

  writeNeighbour(name: string, neighbour: StoredNeighbour): void {
    this.#set(this.#neighbours, name, neighbour);
  }

  forgetNeighbour(name: string): void {
    const before = this.#neighbours.get(name);
    if (before === undefined) return;
    this.#undo?.push(() => this.#neighbours.set(name, before));
    this.#neighbours.delete(name);
  }

  readIsDrained(): boolean {
    return this.#isDrained;
  }

  writeIsDrained(isDrained: boolean): void {
    const before = this.#isDrained;
    this.#undo?.push(() => {
      this.#isDrained = before;
    });
    this.#isDrained = isDrained;
  }

  wakeAt(millis: number | undefined): void {
    const before = this.alarmAtMillis;
    this.#undo?.push(() => {
      this.alarmAtMillis = before;
    });
    this.alarmAtMillis = millis;
  }

  /** Bytes that are taken or freed by something else than `keep`. */
  addBytes(bytes: number): void {
    this.#undo?.push(() => {
      this.#bytes -= bytes;
    });
    this.#bytes += bytes;
  }

  #set<Value>(map: Map<string, Value>, key: string, value: Value): void {
    const before = map.get(key);
    this.#undo?.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    map.set(key, value);
  }
}

function bytesOf({ client, line }: Report): number {
  return 2 * client.length + line.length;
}
