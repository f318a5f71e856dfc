// The rows of a report store in memory, for the simulator and the tests of the core. They keep the contract of those in SQLite.
//
// A commit changes the live maps and keeps an undo list. A body that throws leaves nothing behind.

import { SortedKeys } from "../../src/core/lib/sorted-keys.ts";
import { compareUtf8 } from "../../src/core/lib/utf8.ts";
import {
  isRenewed,
  type CommitRow,
  type EarlierTable,
  type PageRow,
  type Renewal,
  type Rows,
} from "../../src/core/storage/rows.ts";
import type { NumberedReport } from "../../src/core/store/report-store.ts";

export class MemoryRows implements Rows {
  /** The durable alarm, POSIX milliseconds. */
  alarmAtMillis: number | undefined;
  readonly #log = new Map<number, CommitRow>();
  #pages = new MemoryPages();
  #renewed = new MemoryPages();
  #renewal: Renewal | undefined;
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
    return this.#tableOf(client).pageOf(client);
  }

  firstAbove(client: string): string | undefined {
    const table = this.#tableOf(client);
    return table.firstAbove(client) ?? (table === this.#renewed ? this.#renewal?.from : undefined);
  }

  putPage(page: PageRow): void {
    this.#keepUndo(this.#tableOf(page.first).put(page));
  }

  get renewal(): Renewal | undefined {
    return this.#renewal;
  }

  beginRenewal(): void {
    const before = this.#renewed;
    this.#renewed = new MemoryPages();
    this.#keepUndo({ bytes: 0, undo: () => (this.#renewed = before) });
    this.#setRenewal({ from: "" });
  }

  renewUpTo(client: string | undefined): void {
    this.#setRenewal({ from: client });
  }

  freeRenewed(): void {
    this.#keepUndo(this.#pages.deleteBelow(this.#renewal?.from));
  }

  endRenewal(): void {
    const pages = this.#pages;
    const renewed = this.#renewed;
    this.#pages = renewed;
    this.#renewed = new MemoryPages();
    this.#keepUndo({
      bytes: -pages.bytes,
      undo: () => {
        this.#pages = pages;
        this.#renewed = renewed;
      },
    });
    this.#setRenewal(undefined);
  }

  renewLog(): void {
    const needed = new Set(this.readLog());
    for (const [slot, row] of this.#log)
      if (!needed.has(row)) {
        this.#log.delete(slot);
        this.#keepUndo({ bytes: -commitBytes(row), undo: () => this.#log.set(slot, row) });
      }
  }

  /** Nothing of what is freed stays in memory. */
  overwrite(): void {
    return undefined;
  }

  endOverwriting(): void {
    return undefined;
  }

  /** All that is stored of reports, be it read again or not. */
  get texts(): string[] {
    const pages = [...this.#pages.all(), ...this.#renewed.all()].map(({ records }) => records);
    return [...[...this.#log.values()].map(({ reports }) => reports), ...pages];
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

  #tableOf(client: string): MemoryPages {
    return isRenewed(this.#renewal, client) ? this.#renewed : this.#pages;
  }

  #setRenewal(renewal: Renewal | undefined): void {
    const before = this.#renewal;
    this.#renewal = renewal;
    this.#undo?.push(() => {
      this.#renewal = before;
    });
  }

  #keepUndo({ bytes, undo }: Change): void {
    this.addBytes(bytes);
    this.#undo?.push(undo);
  }

  copy(): MemoryRows {
    return this.copyTo(new MemoryRows());
  }

  /** Writes all that is here to others, which are empty. */
  copyTo<Copy extends MemoryRows>(copy: Copy): Copy {
    for (const row of this.#log.values()) copy.putCommit(row);
    for (const page of this.#pages.all()) copy.putPage(page);
    if (this.#renewal !== undefined) {
      copy.beginRenewal();
      copy.renewUpTo(this.#renewal.from);
      for (const page of this.#renewed.all()) copy.putPage(page);
    }
    if (this.#earlier !== undefined) {
      copy.bringEarlier(this.#earlier.above("", Infinity));
      if (this.#earlier.movedTo !== undefined) copy.earlier?.setMovedTo(this.#earlier.movedTo);
    }
    copy.alarmAtMillis = this.alarmAtMillis;
    return copy;
  }
}

/** A change, and what takes it back. */
interface Change {
  readonly bytes: number;
  readonly undo: () => unknown;
}

class MemoryPages {
  readonly #records = new Map<string, string>();
  readonly #firsts = new SortedKeys();

  get bytes(): number {
    return [...this.#records.values()].reduce((sum, { length }) => sum + length, 0);
  }

  *all(): Generator<PageRow, void> {
    for (const [first, records] of this.#records) yield { first, records };
  }

  pageOf(client: string): PageRow | undefined {
    const first = this.#firsts.atOrBelow(client);
    return first === undefined ? undefined : { first, records: this.#records.get(first) ?? "" };
  }

  firstAbove(client: string): string | undefined {
    return this.#firsts.above(client).next().value ?? undefined;
  }

  put({ first, records }: PageRow): Change {
    const before = this.#records.get(first);
    this.#records.set(first, records);
    this.#firsts.add(first);
    const undo = () => (before === undefined ? this.#delete(first) : this.#records.set(first, before));
    return { bytes: records.length - (before?.length ?? 0), undo };
  }

  /** Of all, if `undefined`. */
  deleteBelow(client: string | undefined): Change {
    const gone = [...this.all()].filter(({ first }) => client === undefined || compareUtf8(first, client) < 0);
    for (const { first } of gone) this.#delete(first);
    const undo = () => {
      for (const page of gone) this.put(page);
    };
    return { bytes: -gone.reduce((sum, { records }) => sum + records.length, 0), undo };
  }

  #delete(first: string): void {
    this.#firsts.delete(first);
    this.#records.delete(first);
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
