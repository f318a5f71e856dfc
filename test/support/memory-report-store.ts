// A report store over rows in memory, for the tests of the core: the store that a Durable Object has over its SQLite.

import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import { PagedReportStore } from "../../src/core/storage/paged-report-store.ts";
import { MemoryRows } from "./memory-rows.ts";

const SETTINGS = parseHerdConfig({ servers: [{ name: "Alford", neighbours: [] }] });

export class MemoryReportStore extends PagedReportStore {
  readonly rows: MemoryRows;

  constructor(rows = new MemoryRows(), storage: Partial<HerdConfig["storage"]> = {}) {
    super(rows, { ...SETTINGS, storage: { ...SETTINGS.storage, ...storage } });
    this.rows = rows;
  }

  /** The durable alarm, POSIX milliseconds. */
  get alarmAtMillis(): number | undefined {
    return this.rows.alarmAtMillis;
  }

  set alarmAtMillis(millis: number | undefined) {
    this.rows.alarmAtMillis = millis;
  }
}
