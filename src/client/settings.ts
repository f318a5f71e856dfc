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
  /** How long a server may say nothing while it is to answer: places take a few tries of five seconds at worst. */
  readonly answerSeconds: number;
  /** How long a call waits for its answer, however many connections are lost meanwhile. 0: for ever. */
  readonly timeoutSeconds: number;
  /** Commands that wait for an answer at most, so that a herd that is away costs bounded memory. */
  readonly commandsWaiting: number;
  /** Commands on their way at most: what a new connection repeats at once stays below a server's burst limit. */
  readonly commandsSent: number;
  /** Clients of whom a report waits for the reader of a watch, at most. */
  readonly watchWaiting: number;
  /**
   * A watch that heard nothing for so long asks whether its server is still there, as a network that is gone says nothing.
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
