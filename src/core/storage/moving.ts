// Moves the reports of an earlier layout, which had a row for each client, into pages: in the order of clients, in many small steps.
//
// How far it has come is written in the commit of each step, so it goes on after a crash. Until a client is moved, its report
// is read where it is. What came since is newer, and stays. Keeps HD25.

import type { HerdConfig } from "../config/herd-config.ts";
import { compareUtf8 } from "../lib/utf8.ts";
import { writePages } from "./folding.ts";
import { clientOfRecord, formatRecord, splitRecords } from "./records.ts";
import type { EarlierTable, Rows } from "./rows.ts";
import type { NumberedReport } from "../store/report-store.ts";

/** Between two steps: they take a third of the processor. */
const STEP_MILLIS = 10;

export interface MovingPorts {
  readonly rows: Rows;
  readonly storage: HerdConfig["storage"];
  /** Reports in one step. */
  readonly stepReports: number;
  /** With more bytes in the storage, rows are deleted as they are moved. That is billed, a row each. */
  readonly roomBytes: number;
}

export class Moving {
  readonly #ports: MovingPorts;
  #nextStepMillis = 0;

  constructor(ports: MovingPorts) {
    this.#ports = ports;
  }

  /** When a step is due; Infinity if nothing is left to move. By the steady clock. */
  get nextMillis(): number {
    return this.#ports.rows.earlier === undefined ? Infinity : this.#nextStepMillis;
  }

  /** The report of a client that is not moved yet. */
  read(client: string): NumberedReport | undefined {
    const { earlier } = this.#ports.rows;
    if (earlier === undefined || isMoved(earlier, client)) return undefined;
    return earlier.read(client);
  }

  /** At most so many reports of the clients above this one that are not moved yet, in order. */
  above(client: string, count: number): NumberedReport[] {
    const { earlier } = this.#ports.rows;
    if (earlier === undefined) return [];
    return earlier.above(isMoved(earlier, client) ? (earlier.movedTo ?? client) : client, count);
  }

  /** Takes a step if one is due, as a commit of its own. */
  step(steadyMillis: number): void {
    const { rows, roomBytes, stepReports } = this.#ports;
    const { earlier } = rows;
    if (earlier === undefined || this.#nextStepMillis > steadyMillis) return;
    this.#nextStepMillis = steadyMillis + STEP_MILLIS;
    const reports = earlier.above(earlier.movedTo ?? "", stepReports);
    const last = reports.at(-1);
    rows.transact(() => {
      this.#move(reports);
      if (last === undefined) return earlier.drop();
      earlier.setMovedTo(last.report.client);
      if (rows.sizeBytes() > roomBytes) earlier.deleteUpTo(last.report.client);
    });
  }

  #move(reports: readonly NumberedReport[]): void {
    const { rows, storage } = this.#ports;
    for (let index = 0; index < reports.length;) {
      const client = reports[index]?.report.client ?? "";
      const page = rows.pageOf(client) ?? { first: "", records: "" };
      const end = rows.firstAbove(client);
      const records = splitRecords(page.records);
      const newer = new Set(records.map(clientOfRecord));
      const ofPage: string[] = [];
      for (; index < reports.length; index++) {
        const numbered = reports[index];
        if (numbered === undefined || (end !== undefined && compareUtf8(numbered.report.client, end) >= 0)) break;
        if (!newer.has(numbered.report.client)) ofPage.push(formatRecord(numbered));
      }
      const merged = [...records, ...ofPage].toSorted((one, other) =>
        compareUtf8(clientOfRecord(one), clientOfRecord(other)),
      );
      writePages(rows, page.first, merged, storage.pageBytes);
    }
  }
}

function isMoved({ movedTo }: EarlierTable, client: string): boolean {
  return movedTo !== undefined && compareUtf8(client, movedTo) <= 0;
}
