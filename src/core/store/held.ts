// What is held of a client, and what is on its way from being heard to being durable.

import type { Report } from "../protocol/report.ts";

/** Whom a report came from: the neighbour, and the life that sent it (FL2). */
export interface Source {
  readonly neighbour: string;
  readonly incarnation: string;
}

/** A report on its way to the store, and what became of it. */
export interface Offer {
  readonly report: Report;
  /** What is held of its client. */
  readonly held: Held;
  /** Absent when a client of this server sent it. */
  readonly source: Source | undefined;
  /** Whether it is what the source sent. Otherwise it is what that makes of what was held (FG5), and new to the source too. */
  readonly isAsSent: boolean;
  /** Whether the guard let it pass. */
  readonly isAccepted: boolean;
  /** What was held of its client before: where it was refused, in its place; else before the turn. */
  readonly before: Report | undefined;
  /** The report in whose place it counts although that was not superseded: it was past keeping (KP3). */
  readonly lapsed: Report | undefined;
  /** It counts beside whatever is stored, because that was past keeping when this was judged, or when what is not written yet was. */
  readonly isAnew: boolean;
  /** Its number, where the server took it and no later one of its client in the same turn; else 0. */
  seq: number;
  /** Whether nothing more happens to it: it was refused, or is numbered, and durable if it has to be. */
  isSettled: boolean;
}

/** A report that this life accepted, for live feeds. */
export interface RecentReport extends Pick<Offer, "report" | "source" | "seq"> {
  readonly held: Pick<Held, "recent">;
}

/** A client of whom something is not durable, or not numbered. */
export interface PendingClient {
  /** What the store has. */
  readonly held: Held;
  /** The newest offer of the turn that passed, until it is numbered. */
  inTurn: Offer | undefined;
  /** What was passed on and is not durable. */
  unflushed: Offer | undefined;
  /** Somebody is told in this turn that its report is durable. */
  isDue: boolean;
}

/** What is held of a client: found once, it can be asked again, and be given back with a report to keep. */
export interface Held {
  readonly client: string;
  /** What is stored. */
  readonly report: Report | undefined;
  /** What is on its way to be stored. While it is set, this very object is found. */
  pending: PendingClient | undefined;
  /** Its newest report among those that live feeds read. While it is set, this very object is found. */
  recent: RecentReport | undefined;
}
