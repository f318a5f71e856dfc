// The numbers of a connection, each with the reason for its value. Units last, as everywhere.

export interface ClientSettings {
  /** Wait before the first new try; doubled with each that fails, and of it a random part between half and all is waited. */
  readonly retrySecondsMin: number;
  /** The longest wait: a herd that is back is found soon, and one that is not is asked seldom. */
  readonly retrySecondsMax: number;
  /** A connection that stood so long was a good one: the waits begin anew after it. */
  readonly stableSeconds: number;
  /** How long a server has to take a connection. /nearest tries several, two seconds each. */
  readonly connectSeconds: number;
  /** How long a command may stay unanswered on an open connection: places take a few tries of five seconds at worst. */
  readonly answerSeconds: number;
  /** How long a call waits for a connection before it is rejected. */
  readonly patienceSeconds: number;
  /** Commands that wait at most, sent ones included. */
  readonly commandsWaiting: number;
  /** Commands sent and not yet answered at most: what a new connection repeats stays below a server's burst limit. */
  readonly commandsSent: number;
  /** Clients whose newest report waits for a slow reader of a watch. */
  readonly watchBuffer: number;
}

export const DEFAULT_SETTINGS: ClientSettings = {
  retrySecondsMin: 0.5,
  retrySecondsMax: 30,
  stableSeconds: 5,
  connectSeconds: 15,
  answerSeconds: 60,
  patienceSeconds: 60,
  commandsWaiting: 10_000,
  commandsSent: 256,
  watchBuffer: 10_000,
};
