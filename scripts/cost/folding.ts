// Counts the rows that folding writes: pages, and a mark for each round. Keeps CM6.
//
// A log is folded in rounds that can be minutes apart. A window would see none of them, or too many. So the herd whose window is
// counted does not fold, and the store of one server is counted by itself, over some whole rounds, with as many commits in a
// second as the servers of that window made. Of a herd with many clients it is a smaller store: it has a part of the clients, of
// the reports, of the commits, of the log and of the pages that a step folds. Each page takes as many reports in a round as one of
// the real store, and time is the same.

import { reportOfLine } from "../../src/core/protocol/report.ts";
import { PagedReportStore } from "../../src/core/storage/paged-report-store.ts";
import type { CommitRow, PageRow } from "../../src/core/storage/rows.ts";
import { Random } from "../../test/sim/random.ts";
import { START_MILLIS } from "../../test/sim/world.ts";
import { MemoryRows } from "../../test/support/memory-rows.ts";
import type { Load, Settings } from "./counted-load.ts";

/** What a server takes in a second. */
export interface Taken {
  readonly commitsPerSecond: number;
  readonly reportsPerSecond: number;
}

/** Clients of the store that is counted, at most. */
const CLIENTS_MAX = 20_000;

/** The first round finds pages that were written in one go. */
const ROUNDS_IGNORED = 1;
const ROUNDS_COUNTED = 4;

const FILL_TOGETHER = 256;
const FILL_MILLIS = 20;

/** What each server takes when the whole herd hears so many reports in a second, and writes so many rows in its logs. */
export function takenBy(
  { herd, settings, everySeconds }: Load,
  reportsPerSecond: number,
  rowsPerSecond: number,
): Taken {
  const { length } = herd.servers;
  const own = reportsPerSecond / length;
  // Of what neighbours bring, a server writes the last report of each client in that time.
  const brought = (reportsPerSecond - own) * Math.min(1, everySeconds / settings.peers.writeBehindSeconds);
  return { commitsPerSecond: rowsPerSecond / length, reportsPerSecond: own + brought };
}

/** A herd with these settings folds nothing while a window is counted. */
export function unfolded({ storage, ...others }: Settings): Settings {
  const never = { logBytes: 64_000_000, logCommits: 1_000_000, logIdleBytes: 64_000_000, foldSeconds: 86_400 };
  return { ...others, storage: { ...storage, ...never } };
}

/** Rows that folding writes for each report that a server takes. `clientsMax`: of the store that is counted. */
export function foldedRowsPerReport({ clients, settings }: Load, taken: Taken, clientsMax = CLIENTS_MAX): number {
  const scale = Math.max(1, clients / clientsMax);
  const rows = new CountingRows();
  const store = new PagedReportStore(rows, { ...settings, storage: scaled(settings.storage, scale) });
  const turns = shuffled(Math.round(clients / scale));
  let [seq, millis] = [0, 0];
  const commit = (reports: number) => {
    store.transact(() => {
      // Such a commit moves a cursor.
      if (reports === 0) store.writeNeighbour("Parker", { epoch: "1", cursor: ++seq, failures: 0 });
      const batch = Array.from({ length: reports }, () => numbered(turns[seq % turns.length] ?? 0, millis, ++seq));
      // No client may stand twice in a batch: the last report is what a server keeps.
      store.keep([...new Map(batch.map((one) => [one.report.client, one])).values()]);
    });
    store.keepUp(millis);
  };
  const pass = (untilMillis: number) => {
    while (store.nextUpkeepMillis <= untilMillis) store.keepUp((millis = Math.max(millis, store.nextUpkeepMillis)));
    millis = untilMillis;
  };
  for (let known = 0; known < turns.length; known += FILL_TOGETHER) {
    commit(Math.min(FILL_TOGETHER, turns.length - known));
    pass(millis + FILL_MILLIS);
  }
  const rate = { commits: taken.commitsPerSecond / scale, reports: taken.reportsPerSecond / scale };
  const start = { rounds: rows.rounds + ROUNDS_IGNORED, folded: 0, reports: 0 };
  let owed = 0;
  let reports = 0;
  for (let isBefore = true; rows.rounds < start.rounds + ROUNDS_COUNTED;) {
    if (isBefore && rows.rounds >= start.rounds) {
      isBefore = false;
      Object.assign(start, { rounds: rows.rounds, folded: rows.folded, reports });
    }
    pass(millis + 1000 / rate.commits);
    owed += rate.reports / rate.commits;
    const whole = Math.floor(owed);
    owed -= whole;
    reports += whole;
    commit(whole);
  }
  return (rows.folded - start.folded) / (reports - start.reports);
}

/** Counts what is written into it. */
class CountingRows extends MemoryRows {
  /** Rows that folding wrote. */
  folded = 0;
  /** Rounds that ended. */
  rounds = 0;
  #upTo = 0;

  override putPage(page: PageRow): void {
    this.folded++;
    super.putPage(page);
  }

  override putCommit(row: CommitRow): void {
    if (row.folded > this.#upTo) {
      this.#upTo = row.folded;
      this.rounds++;
      this.folded++;
    }
    super.putCommit(row);
  }
}

function scaled(storage: Settings["storage"], scale: number): Settings["storage"] {
  const part = (size: number) => Math.max(1, Math.round(size / scale));
  return {
    ...storage,
    logBytes: part(storage.logBytes),
    logCommits: part(storage.logCommits),
    logIdleBytes: part(storage.logIdleBytes),
    foldPages: part(storage.foldPages),
  };
}

/** Clients report in an order that has nothing to do with their names, and in the same order each time. */
function shuffled(clients: number): number[] {
  const random = new Random("turns");
  const places = Array.from({ length: clients }, (_, client) => ({ client, place: random.next() }));
  return places.toSorted((one, other) => one.place - other.place).map(({ client }) => client);
}

function numbered(client: number, millis: number, seq: number) {
  const line = `AT Alford +0.002000000 client-${client} +34.068930-118.445127 ${((START_MILLIS + millis) / 1000).toFixed(3)}`;
  return { seq, report: reportOfLine(line), isFlooded: true };
}
