// What the parts of a feed use of their server, each no more than it needs.

import type { HerdConfig } from "../config/herd-config.ts";
import type { Counters } from "../contract/counters.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { Keeping } from "../protocol/keeping.ts";
import type { RecentLog } from "../store/recent-log.ts";
import type { ReportStore } from "../store/report-store.ts";
import type { Sequencer } from "../store/sequencer.ts";
import type { Source } from "../store/held.ts";
import type { Report } from "../protocol/report.ts";

/** The numbering of the server's reports, to be read. */
type Numbering = Pick<Sequencer, "current" | "issuedSeq">;

/** The table of reports, as a scan reads it. */
interface TablePort {
  /** Whether it has every report that was taken: those that are not flushed yet are not in it (CU6). */
  readonly isComplete: boolean;
  /** Has it completed in the commit of the next turn. */
  complete(): void;
  scan: ReportStore["scan"];
}

export interface BacklogPorts {
  readonly peers: HerdConfig["peers"];
  readonly turn: TurnPort;
  readonly numbering: Numbering;
  readonly keeping: Keeping;
  readonly recent: RecentLog;
  readonly table: TablePort;
}

export interface OutboundPorts extends BacklogPorts {
  readonly name: string;
  /** Names this server's present time in memory. */
  readonly incarnation: string;
  /** At least 0, less than 1. */
  readonly random: () => number;
  readonly newConnection: () => ConnectionId;
  /**
   * Gives the numbering a new name: every neighbour then takes everything again (CU1). Returns false, and does nothing, if the
   * server did so a short while ago (CU27).
   */
  readonly beginEpoch: (reason: string) => boolean;
}

/** Offers a report of a feed to the server; `mayWait`: it may be held back. */
type TakeReport = (report: Report, source: Source, isDeferrable: boolean) => void;

export interface InboundPorts {
  readonly peers: HerdConfig["peers"];
  readonly turn: TurnPort;
  readonly incarnation: string;
  readonly offer: TakeReport;
  /** The report that is held, if it is this very line: it has been understood before. */
  readonly heldAs: (line: string) => Report | undefined;
  readonly keeping: Keeping;
  readonly counters: Pick<Counters, "feedAhead" | "feedStale">;
}

/** The rows of neighbours. */
type NeighbourStore = Pick<ReportStore, "readNeighbours" | "writeNeighbour" | "forgetNeighbour">;

export interface NeighbourPorts extends OutboundPorts, InboundPorts {
  readonly store: NeighbourStore;
}
