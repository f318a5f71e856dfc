// How many requests that cost money a server may send in a day (UTC).
//
// This is a port: the count has to outlive the server's memory. Otherwise a server would have its whole budget again each time
// that it wakes.
// Keeps WA6.

export interface RequestBudget {
  /** Most requests in a day. */
  readonly daily: number;
  /** Requests sent today. */
  readonly spent: number;
  /** Whether a request can be counted now: not while the storage takes no writes. */
  readonly isCounting: boolean;
  /** Counts one request, durably, before it is sent. `false` if none is left for today. */
  spend(): boolean;
}
