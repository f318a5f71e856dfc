// `peers` of `herd.config.json`: how feeds between servers run.

import * as z from "zod";

import { count, seconds } from "./setting-types.ts";

export const peersSchema = z.strictObject({
  frameReports: count(1)
    .default(256)
    .describe("Reports in one frame at most: a frame is one commit's work at the receiver."),
  framesUnacknowledged: count(1)
    .default(4)
    .describe("Frames under way to a neighbour: bounds what a slow one makes us hold."),
  writeBehindSeconds: seconds
    .default(10)
    .describe(
      "How long a neighbour's report may be kept and passed on before it is durable here: a client that moves each second is then written every ten. A crash in that time costs sending it again.",
    ),
  writeBehindQuietSeconds: seconds
    .default(2)
    .describe("Quiet time after which it is made durable at once: more than the second in which many clients report."),
  writeBehindReports: count(0)
    .default(10_000)
    .describe("Reports so held at most, at some 400 bytes of memory each; 0 makes each durable in the turn it came."),
  recentReports: count(1)
    .default(10_000)
    .describe("Accepted reports kept in memory for the feeds; a neighbour further behind costs a scan of the table."),
  scanReports: count(1)
    .default(512)
    .describe("Rows that one step of a scan reads: other work waits no longer than that."),
  seqBlock: count(1).default(10_000).describe("Numbers reserved by one write: a start skips at most this many."),
  idleSeconds: seconds
    .default(5)
    .describe("Quiet time after which a link that is caught up closes, so that both ends can hibernate."),
  answerSeconds: seconds.default(10).describe("Time that a neighbour has to take a link or acknowledge a frame."),
  retrySecondsMin: seconds
    .default(0.5)
    .describe("First delay before a failed link is tried again; it doubles, with jitter."),
  retrySecondsMax: seconds
    .default(60)
    .describe("Longest delay: how late a neighbour that returned in silence is noticed."),
});
