// The settings of a connection, each with the reason for its value. Units come last in the names. Keeps CL27 and CL40.

import { HerdError } from "./errors.ts";
import { shown } from "./fields.ts";

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
  /**
   * Of the reports of one client that wait to be sent, the newest alone or all. The herd keeps the newest only. With `newest`,
   * the call of an older one settles with the answer to the newest.
   */
  readonly reportsSent: "newest" | "all";
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
  reportsSent: "newest",
  watchWaiting: 10_000,
  watchQuietSeconds: 300,
};

/** Former names of settings, and what they are called now. */
const RENAMED: Readonly<Record<string, keyof ClientSettings>> = { patienceSeconds: "timeoutSeconds" };

/** The defaults with the given settings in their place. Throws HerdError "invalid" for a setting that it cannot use. */
export function settingsOf(given: Partial<ClientSettings> = {}): ClientSettings {
  if (typeof given !== "object" || given === null)
    throw new HerdError("invalid", `Cannot use ${shown(given)} as settings: give an object`);
  for (const [former, name] of Object.entries(RENAMED))
    if (former in given)
      throw new HerdError("invalid", `Cannot use settings.${former}: it is called settings.${name} now`);
  const settings: ClientSettings = { ...DEFAULT_SETTINGS, ...given };
  const { reportsSent, ...numbers } = settings;
  if (reportsSent !== "newest" && reportsSent !== "all")
    throw new HerdError("invalid", `Cannot use ${shown(reportsSent)} as settings.reportsSent: it is "newest" or "all"`);
  for (const [name, value] of Object.entries(numbers)) {
    if (!(name in DEFAULT_SETTINGS))
      throw new HerdError(
        "invalid",
        `Cannot use settings.${name}: the settings are ${Object.keys(DEFAULT_SETTINGS).join(", ")}`,
      );
    if (typeof value !== "number" || !(value >= 0))
      throw new HerdError("invalid", `Cannot use ${shown(value)} as settings.${name}: it is a number, 0 or more`);
  }
  return settings;
}
