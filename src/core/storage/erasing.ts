// Erases what is past keeping and what was forgotten: from the pages, from the log, and from the places where the storage had them before.
//
// A row that is changed or deleted leaves what it had in the file, in space that is used again some time. So a pass folds the log, and writes every
// page anew into a table of its own, without what is not known any more. Then it writes the log anew, and over all that was freed. When a
// pass is due is stored: it is there after any end, and a pass that was under way begins again, or goes on with the pages that are left.
// Keeps ER1 to ER7.

import type { HerdConfig } from "../config/herd-config.ts";
import type { Keeping } from "../protocol/keeping.ts";
import { isForgotten, type Report } from "../protocol/report.ts";
import type { ErasedStep, NumberedReport, Times } from "../store/report-store.ts";
import { writePages, type Folding } from "./folding.ts";
import type { HeldClients } from "./held-clients.ts";
import { clientOfRecord, formatRecord, parseRecord, splitRecords } from "./records.ts";
import type { Rows } from "./rows.ts";

/** Between two steps: they take an eighth of the processor. */
const STEP_MILLIS = 20;

/** Of a table with more, the rows are deleted with each step, which is billed: to drop all of it at once reads all of it. */
const DROPPED_BYTES_MAX = 67_108_864;

const MEGABYTE = 1_000_000;

const NOTHING = (): void => undefined;

/** Written over at least: more than the write-ahead log of SQLite has before it begins again (4 MB, fact of 2026-11-27), twice. */
const OVERWRITTEN_MIN = 9;

/**
 * Written over beside what was freed last. SQLite takes free pages of the file a list at a time, of up to 4 MB, the newest list first: so all
 * that became free since the last pass is taken, whatever else is free. The file grows by so much, once.
 */
const PARTS_MIN = 6;

export interface ErasingPorts {
  readonly rows: Rows;
  readonly folding: Pick<Folding, "askAll" | "isBusy">;
  readonly held: Pick<HeldClients, "get">;
  readonly storage: Pick<HerdConfig["storage"], "eraseSeconds" | "foldPages" | "pageBytes">;
  /**
   * Writes a commit that says that so many clients fewer are held, and, when the pass has ended, when the next one is due, POSIX milliseconds. Call
   * it inside `transact`. Returns what has to be called when that has succeeded.
   */
  readonly note: (change: { readonly clients: number; readonly eraseMillis?: number }) => () => void;
}

interface Pass {
  stage: "folding" | "overwriting" | "renewing";
  /** What comes when all that is free is written over. */
  next: "pages" | "log" | "end";
  /** It is written over twice: the first time a free page becomes the root of the table for that, and keeps what it had. */
  isSecondTime: boolean;
  /** Bytes in use before anything of it was freed. */
  freedBytes: number;
  /** Megabytes written over. */
  overwritten: number;
  /** When the next pass is due, as far as is known. */
  nextMillis: number;
  erased: number;
  pages: number;
}

/** What a page has left, and what has gone from it. */
interface Sifted {
  readonly records: readonly string[];
  /** With what is still known of the client. */
  readonly changed: readonly { readonly report: Report; readonly left: NumberedReport | undefined }[];
  /** The reports that counted as a client, and do so no more. */
  readonly lapsed: readonly Report[];
}

export class Erasing {
  readonly #ports: ErasingPorts;
  #pass: Pass | undefined;
  #nextStepMillis = 0;

  constructor(ports: ErasingPorts) {
    this.#ports = ports;
  }

  get isUnderWay(): boolean {
    return this.#pass !== undefined;
  }

  /** When a step is due, by the steady clock; Infinity if none is. */
  get nextMillis(): number {
    if (this.#pass === undefined || (this.#pass.stage === "folding" && this.#ports.folding.isBusy)) return Infinity;
    return this.#nextStepMillis;
  }

  /** Something is to be erased by then that the pass under way may miss. POSIX milliseconds. */
  noteDue(millis: number): void {
    if (this.#pass !== undefined) this.#pass.nextMillis = Math.min(this.#pass.nextMillis, millis);
  }

  begin({ nowMillis, steadyMillis }: Times): void {
    const { rows, folding, storage } = this.#ports;
    // Of pages that another life has written anew it is not known what they have.
    const nextMillis = rows.renewal === undefined ? Infinity : nowMillis + storage.eraseSeconds * 1000;
    this.#pass = {
      stage: "folding",
      next: "pages",
      isSecondTime: false,
      freedBytes: 0,
      overwritten: 0,
      nextMillis,
      erased: 0,
      pages: 0,
    };
    this.#nextStepMillis = steadyMillis;
    folding.askAll(steadyMillis);
  }

  /** Takes a step, if one is due. */
  step({ steadyMillis }: Times, keeping: Keeping): ErasedStep | undefined {
    const pass = this.#pass;
    if (pass === undefined || this.nextMillis > steadyMillis) return undefined;
    this.#nextStepMillis = steadyMillis + STEP_MILLIS;
    if (pass.stage === "renewing") return this.#renew(pass, keeping);
    pass.stage = "overwriting";
    return this.#overwrite(pass);
  }

  #renew(pass: Pass, keeping: Keeping): ErasedStep {
    const { rows, held, storage, note } = this.#ports;
    const sifted: Sifted[] = [];
    let lapsed: Report[] = [];
    let noted = NOTHING;
    rows.transact(() => {
      for (let page = 0; page < storage.foldPages && rows.renewal?.from !== undefined; page++)
        sifted.push(this.#renewPage(rows.renewal.from, pass, keeping));
      // After them: nothing of what is freed is used again in this commit.
      if (rows.sizeBytes() > DROPPED_BYTES_MAX) rows.freeRenewed();
      lapsed = sifted.flatMap((page) => page.lapsed);
      if (lapsed.length > 0) noted = note({ clients: lapsed.length });
    });
    noted();
    pass.pages += sifted.length;
    const changes = sifted.flatMap(({ changed }) => changed);
    pass.erased += changes.length;
    for (const { report, left } of changes) {
      const known = held.get(report.client);
      if (known !== undefined && !known.isUnfolded) known.numbered = left;
    }
    if (rows.renewal?.from === undefined) this.#endRenewal(pass);
    return { lapsed, ended: undefined };
  }

  #renewPage(from: string, pass: Pass, keeping: Keeping): Sifted {
    const { rows, storage } = this.#ports;
    const page = rows.pageOf(from);
    const sifted = this.#sift(page?.records ?? "", pass, keeping);
    rows.renewUpTo(rows.firstAbove(from));
    const [begins] = sifted.records;
    // The client with whom the page began may be one of whom nothing is left.
    if (page !== undefined && begins !== undefined)
      writePages(rows, page.first === "" ? "" : clientOfRecord(begins), sifted.records, storage.pageBytes);
    return sifted;
  }

  #sift(text: string, pass: Pass, keeping: Keeping): Sifted {
    const { held, storage } = this.#ports;
    const records: string[] = [];
    const changed: { report: Report; left: NumberedReport | undefined }[] = [];
    const lapsed: Report[] = [];
    for (const record of splitRecords(text)) {
      const { seq, report } = parseRecord(record.slice(0, -1));
      const left = keeping.of(report);
      if (left !== undefined) {
        records.push(left === report ? record : formatRecord({ seq, report: left }));
        pass.nextMillis = Math.min(pass.nextMillis, keeping.untilMillis(left) + storage.eraseSeconds * 1000);
      }
      if (left === report) continue;
      changed.push({ report, left: left && { seq, report: left } });
      // Where the log has something newer of the client, that is what was counted.
      if (!isForgotten(report) && held.get(report.client)?.isUnfolded !== true) lapsed.push(report);
    }
    return { records, changed, lapsed };
  }

  #endRenewal(pass: Pass): void {
    const { rows } = this.#ports;
    this.#free(pass, () => rows.endRenewal());
    Object.assign(pass, { stage: "overwriting", next: "log" });
  }

  #free(pass: Pass, body: () => void): void {
    const { rows } = this.#ports;
    const before = rows.sizeBytes();
    rows.transact(body);
    pass.freedBytes = Math.max(0, before - rows.sizeBytes());
  }

  /** Before each table that is written anew too: SQLite may use a page of the file again with what it had, if it was the first to become free. */
  #overwrite(pass: Pass): ErasedStep {
    const { rows } = this.#ports;
    const parts = PARTS_MIN + Math.ceil(pass.freedBytes / MEGABYTE);
    const isLast = pass.next === "end" && pass.isSecondTime;
    if (pass.overwritten < (isLast ? Math.max(OVERWRITTEN_MIN, parts) : parts)) {
      rows.overwrite(pass.overwritten++ % parts);
      return { lapsed: [], ended: undefined };
    }
    if (isLast) return this.#end(pass);
    rows.transact(() => rows.endOverwriting());
    pass.overwritten = 0;
    pass.isSecondTime = !pass.isSecondTime;
    if (pass.isSecondTime) return { lapsed: [], ended: undefined };
    if (pass.next === "pages") {
      if (rows.renewal === undefined) rows.transact(() => rows.beginRenewal());
      pass.stage = "renewing";
    } else {
      this.#free(pass, () => rows.renewLog());
      pass.next = "end";
    }
    return { lapsed: [], ended: undefined };
  }

  #end(pass: Pass): ErasedStep {
    const { rows, note } = this.#ports;
    let noted = NOTHING;
    rows.transact(() => {
      rows.endOverwriting();
      noted = note({ clients: 0, eraseMillis: pass.nextMillis });
    });
    noted();
    this.#pass = undefined;
    return { lapsed: [], ended: { erased: pass.erased, pages: pass.pages } };
  }
}
