// How a server stands, as it tells everybody who asks: plain data, the same in the Worker, the command line and the page.

import type { CountersStatus } from "./counters.ts";

/** How a feed stands, for the status page. Times are POSIX milliseconds. */
export interface FeedStatus {
  readonly neighbour: string;
  readonly link: "closed" | "dialling" | "open";
  /** Up to which number the neighbour is known to hold everything, durable or not; `null` until it was heard in this life. */
  readonly received: number | null;
  /** The same for what is durable there. */
  readonly acknowledged: number | null;
  /** `null` where that is not known: not heard in this life, and nothing new for it. */
  readonly isCaughtUp: boolean | null;
  /**
   * Reports that it has not received, `null` where nothing is known: exact as far as the recent log reaches back, and else at most
   * this many.
   */
  readonly behindAtMost: number | null;
  /** Since when it has not received everything; `null` if it has, as far as is known. */
  readonly behindSinceMillis: number | null;
  /** AT lines sent to it in this life. */
  readonly reportsSent: number;
  /** Bytes of the frames sent to it in this life. */
  readonly bytesSent: number;
  readonly framesUnacknowledged: number;
  readonly failures: number;
  readonly lastContactMillis: number | null;
  readonly lastError: string | null;
  readonly nextRetryMillis: number | null;
}

export interface NeighbourStatus extends FeedStatus {
  /** What we hold of its numbering. */
  readonly cursor: number;
  /** The line that stopped its feed, as it was not understood; `null` while the feed is understood. */
  readonly stoppedBy: string | null;
}

/** How a server stands. */
export interface ServerStatus {
  readonly server: string;
  /** Whether an operator has taken it out of service. */
  readonly isDrained: boolean;
  readonly epoch: string;
  readonly incarnation: string;
  /** Starts on this storage, waking from hibernation included. */
  readonly starts: number;
  /** Clients whose report it holds. */
  readonly clients: number;
  /** Client connections. */
  readonly connections: number;
  /** What they watch: clients and `*`, each as often as it is watched. */
  readonly watches: number;
  /** The highest number of a report that it holds. */
  readonly lastSeq: number;
  readonly neighbours: readonly NeighbourStatus[];
  readonly counters: CountersStatus;
}
