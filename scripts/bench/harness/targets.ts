// The targets of the subjects: what the project promises, as a ratio to a baseline of the same run, or as a number.
//
// A target holds if the median of at least seven paired rounds meets it.

/** The least that is allowed, or the most. */
export type Target = ({ readonly atLeast: number } | { readonly atMost: number }) & {
  /** The baseline of a ratio, in words. Absent if the value itself is judged. */
  readonly of?: string;
};

export const TARGETS: Readonly<Record<string, Target>> = {
  "IAMAT, 1 connection × 64": { atLeast: 0.95, of: "echo" },
  "IAMAT, 16 connections × 8": { atLeast: 0.9, of: "echo" },
  "IAMAT, 1,000 connections × 1": { atLeast: 0.8, of: "echo" },
  "IAMAT, 256 connections × 1": { atLeast: 0.7, of: "echo" },
  "IAMAT, 1 connection × 1": { atMost: 1.2, of: "echo and commit" },
  "IAMAT, 64 lines a message": { atLeast: 4.5, of: "echo of single lines" },
  "whole herd, converged": { atLeast: 0.6, of: "flooding off" },
  "whole herd, beside the version before": { atLeast: 1.4, of: "version before" },
  "flood over 3 hops, idle, p99": { atMost: 3, of: "three echoes and commits" },
  "accepting while saturated, p99": { atMost: 100 },
  "IAMAT at 100,000 clients": { atMost: 2, of: "cost at 1,000" },
  "IAMAT at 1,000,000 clients": { atMost: 3, of: "cost at 1,000" },
  "IAMAT at 5,000,000 clients": { atMost: 5, of: "cost at 1,000" },
  "heap at 5,000,000 clients": { atMost: 64 },
  "start at 5,000,000 clients": { atMost: 2, of: "start at 1,000" },
  "start after a crash, log full": { atMost: 150 },
  "start after eviction, idle before": { atMost: 2, of: "start of an empty server" },
  "while folding 10,000 clients, longest answer": { atMost: 20 },
  "while folding 10,000 clients, p99": { atMost: 1.5, of: "p99 with nothing folded" },
  "while folding 1,000,000 clients, longest answer": { atMost: 20 },
  "while folding 1,000,000 clients, p99": { atMost: 1.5, of: "p99 with nothing folded" },
  "catch-up of 100,000": { atLeast: 100_000 },
  "catch-up of 1,000,000": { atLeast: 100_000 },
  "npm start, TCP × 64": { atLeast: 0.6, of: "no lines logged" },
  "beside plain Node: npm start, TCP × 64": { atLeast: 8, of: "plain Node" },
};
