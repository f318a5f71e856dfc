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
  /**
   * Since when it has not received everything; `null` if it has, as far as is known. What was sent a short while ago counts as received: a
   * neighbour says of several frames together that they came.
   */
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
  /** The shape of the line that stopped its feed, as it was not understood; `null` while the feed is understood. */
  readonly stoppedBy: string | null;
}

/** What a server stores of what comes. A read-only one takes no reports (ST2 to ST7). */
export type StorageState = "has room" | "no new clients" | "read-only";

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
  readonly storage: StorageState;
  /** Why it does not take every report; `null` if it does. */
  readonly storageProblem: string | null;
  /** Whether reports that an earlier version stored are still being moved to where this one stores them. All are served meanwhile. */
  readonly isMoving: boolean;
  /** Client connections. */
  readonly connections: number;
  /** What they watch: clients and `*`, each as often as it is watched. */
  readonly watches: number;
  /** The highest number of a report that it holds. */
  readonly lastSeq: number;
  /**
   * 13 hexadecimal digits that are the same for servers that hold the same reports. Null while it is being made: it is begun when
   * a status is asked for. An earlier version has none.
   */
  readonly digest: string | null;
  readonly neighbours: readonly NeighbourStatus[];
  readonly counters: CountersStatus;
}

/**
 * The status that a server answered with; `undefined` if it is none. Fields that this version does not know are kept. A server
 * of another deployment may be of the version before, whose names for some fields were others.
 */
export function readServerStatus(answer: unknown): ServerStatus | undefined {
  if (!isRecord(answer)) return undefined;
  const { isDown = false, isDrained = isDown, run, incarnation = run, highest, lastSeq = highest } = answer;
  const { server, epoch, starts, clients, connections, neighbours, counters } = answer;
  const { storage = "has room", storageProblem = null, isMoving = false } = answer;
  const isStatus =
    [server, epoch, incarnation].every((value) => typeof value === "string") &&
    [starts, clients, connections, lastSeq].every((value) => typeof value === "number") &&
    typeof isDrained === "boolean" &&
    Array.isArray(neighbours) &&
    neighbours.every((feed) => isRecord(feed) && typeof feed["neighbour"] === "string") &&
    isRecord(counters);
  if (!isStatus) return undefined;
  const digest = typeof answer["digest"] === "string" ? answer["digest"] : null;
  const read = { isDrained, incarnation, lastSeq, digest, storage, storageProblem, isMoving };
  return { ...answer, ...read, counters: readCounters(counters) } as unknown as ServerStatus;
}

/** The version before counted each command in a field of its own. */
function readCounters(counters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (isRecord(counters["commands"])) return counters;
  const { iamatAccepted = 0, iamatStale = 0 } = counters;
  return { ...counters, commands: { "IAMAT accepted": iamatAccepted, "IAMAT stale": iamatStale } };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
