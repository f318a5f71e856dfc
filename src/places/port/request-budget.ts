// How many paid requests a server may send a day (UTC).
//
// A port: the count has to outlive the server's memory, or a herd that wakes often would spend its budget anew each time.
// Keeps WA6.

export interface RequestBudget {
  /** Requests a day at most. */
  readonly daily: number;
  /** Requests sent today. */
  readonly spent: number;
  /** Counts one more, durably and before it is sent; `false` if the day has none left. */
  spend(): boolean;
}
