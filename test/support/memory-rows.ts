// The rows of a report store in memory, for the simulator and the tests of the core. They keep the contract of those in SQLite.
//
// A commit changes the live maps and keeps an undo list. A body that throws leaves nothing behind.

import { SortedKeys } from "../../src/core/lib/sorted-keys.ts";
import { compareUtf8 } from "../../src/core/lib/utf8.ts";
import type { CommitRow, EarlierTable, PageRow, Rows } from "../../src/core/storage/rows.ts";
import type { NumberedReport } from "../../src/core/store/report-store.ts";

export class MemoryRows implements Rows {
  /** The durable alarm, POSIX milliseconds. */
  alarmAtMillis: number | undefined;
  readonly #log = new Map<number, CommitRow>();
  readonly #pages = new Map<string, string>();
  readonly #firsts = new SortedKeys();
  #earlier: MemoryEarlierTable | undefined;
  #bytes = 4096;
  #undo: (() => void)[] | undefined;

  /** What its texts take, roughly as in SQLite: the contract says only that more reports take more. */
  sizeBytes(): number {
    return this.#bytes;
  }

  get earlier(): EarlierTable | undefined {
    return this.#earlier;
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

  readLog(): CommitRow[] {
    const rows = [...this.#log.values()].toSorted((one, other) => one.number - other.number);
    const folded = rows.at(-1)?.folded ?? 0;
    return rows.filter(({ number }) => number > folded);
  }

  putCommit(row: CommitRow): void {
    const { slot } = row;
    const before = this.#log.get(slot);
    this.addBytes(commitBytes(row) - (before === undefined ? 0 : commitBytes(before)));
    this.#undo?.push(() => (before === undefined ? this.#log.delete(slot) : this.#log.set(slot, before)));
    this.#log.set(slot, row);
  }

  pageOf(client: string): PageRow | undefined {
    const first = this.#firsts.atOrBelow(client);
    if (first === undefined) return undefined;
    return { first, records: this.#pages.get(first) ?? "" };
  }

  firstAbove(client: string): string | undefined {
    return this.#firsts.above(client).next().value ?? undefined;
  }

  putPage({ first, records }: PageRow): void {
    const before = this.#pages.get(first);
    this.addBytes(records.length - (before?.length ?? 0));
    this.#undo?.push(() => {
      if (before !== undefined) return this.#pages.set(first, before);
      this.#firsts.delete(first);
      return this.#pages.delete(first);
    });
    this.#pages.set(first, records);
    this.#firsts.add(first);
  }

  wakeAt(millis: number | undefined): void {
    const before = this.alarmAtMillis;
    this.#undo?.push(() => {
      this.alarmAtMillis = before;
    });
    this.alarmAtMillis = millis;
  }

  /** Puts the reports of an earlier layout there. */
  bringEarlier(reports: readonly NumberedReport[]): void {
    this.#earlier = new MemoryEarlierTable(reports, {
      undo: (undo) => this.#undo?.push(undo),
      drop: () => {
        const before = this.#earlier;
        this.#undo?.push(() => {
          this.#earlier = before;
        });
        this.#earlier = undefined;
      },
    });
  }

  /** Bytes that are taken or freed by something else. */
  addBytes(bytes: number): void {
    this.#undo?.push(() => {
      this.#bytes -= bytes;
    });
    this.#bytes += bytes;
  }

  copy(): MemoryRows {
    return this.copyTo(new MemoryRows());
  }

  /** Writes all that is here to others, which are empty. */
  copyTo<Copy extends MemoryRows>(copy: Copy): Copy {
    for (const row of this.#log.values()) copy.putCommit(row);
    for (const [first, records] of this.#pages) copy.putPage({ first, records });
    if (this.#earlier !== undefined) {
      copy.bringEarlier(this.#earlier.above("", Infinity));
      if (this.#earlier.movedTo !== undefined) copy.earlier?.setMovedTo(this.#earlier.movedTo);
    }
    copy.alarmAtMillis = this.alarmAtMillis;
    return copy;
  }
}

interface Owner {
  undo(undo: () => void): void;
  drop(): void;
}

class MemoryEarlierTable implements EarlierTable {
  readonly #owner: Owner;
  #reports: readonly NumberedReport[];
  #movedTo: string | undefined;

  constructor(reports: readonly NumberedReport[], owner: Owner) {
    this.#owner = owner;
    this.#reports = reports.toSorted((one, other) => compareUtf8(one.report.client, other.report.client));
  }

  get movedTo(): string | undefined {
    return this.#movedTo;
  }

  read(client: string): NumberedReport | undefined {
    return this.#reports.find(({ report }) => report.client === client);
  }

  above(client: string, count: number): NumberedReport[] {
    return this.#reports.filter(({ report }) => compareUtf8(report.client, client) > 0).slice(0, count);
  }

  setMovedTo(client: string): void {
    const before = this.#movedTo;
    this.#owner.undo(() => {
      this.#movedTo = before;
    });
    this.#movedTo = client;
  }

  deleteUpTo(client: string): void {
    const before = this.#reports;
    this.#owner.undo(() => {
      this.#reports = before;
    });
    this.#reports = this.above(client, Infinity);
  }

  drop(): void {
    this.#owner.drop();
  }
}

function commitBytes({ facts, reports }: CommitRow): number {
  return (facts?.length ?? 0) + reports.length;
}
