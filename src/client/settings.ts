// The settings of a connection, each with the reason for its value. Units come last in the names. Keeps CL27.

import { HerdError } from "./errors.ts";

export interface ClientSettings {
  /** Wait before the first retry. Each failure doubles it; a random part between half of the wait and all of it is waited. */
  readonly retrySecondsMin: number;
  /** The longest wait: short enough to find a herd that is back soon, long enough to ask an absent one seldom. */
  readonly retrySecondsMax: number;
  /** A connection that was open for this long was a good one: after it the waits start again at the shortest. */
  readonly stableSeconds: number;
  /** How long a server may take to accept a connection. /nearest tries several servers, two seconds each. */
  readonly connectSeconds: number;
  /** How long a server that owes an answer may be silent. Places take a few tries of five seconds at worst. */
  readonly answerSeconds: number;
  /** How long a call waits for its answer, over all connections that it needs. 0: without end. */
  readonly timeoutSeconds: number;
  /** Calls that wait for an answer at most. It bounds the memory that a herd which is away costs. */
  readonly commandsWaiting: number;
  /** Commands sent and not yet answered at most. A new connection repeats them at once, and a server limits such bursts. */
  readonly commandsSent: number;
  /** For how many clients a watch keeps a report that its reader has not read yet. */
  readonly watchWaiting: number;
  /**
   * A watch that heard nothing for this long asks its server for a sign of life, because a broken network is silent too.
   * Each time wakes a server that hibernates. 0: never.
   */
  readonly watchQuietSeconds: number;
}

export const DEFAULT_SETTINGS: ClientSettings = {
  retrySecondsMin: 0.5,
  retrySecondsMax: 30,
  stableSeconds: 5,
  connectSeconds: 15,
  answerSeconds: 30,
  timeoutSeconds: 60,
  commandsWaiting: 10_000,
  commandsSent: 256,
  watchWaiting: 10_000,
  watchQuietSeconds: 300,
};

/** Former names of settings, and what they are called now. */
const RENAMED: Readonly<Record<string, keyof ClientSettings>> = { patienceSeconds: "timeoutSeconds" };

/** The defaults with the given settings in their place. Throws HerdError "invalid" for a setting that has a new name. */
export function settingsOf(given: Partial<ClientSettings> = {}): ClientSettings {
  for (const [former, name] of Object.entries(RENAMED))
    if (former in given)
      throw new HerdError("invalid", `Cannot use settings.${former}: it is called settings.${name} now`);
  return { ...DEFAULT_SETTINGS, ...given };
}
