// `peers` of `herd.config.json`: how the feeds between servers run. Keeps HD1.

import * as z from "zod";

import { count, seconds } from "./setting-types.ts";

export const peersSchema = z.strictObject({
  frameReports: count(1)
    .default(256)
    .describe("Most reports in one frame. The receiver makes a frame durable in one commit."),
  frameMillis: count(0, 10_000)
    .default(50)
    .describe(
      "How long reports wait for others after a frame of the same link, in milliseconds: they share its message, and reach the neighbour so much later at most. A report after a pause waits for none. 0 waits for none at all.",
    ),
  framesUnacknowledged: count(1)
    .default(8)
    .describe(
      "Frames on their way to a neighbour at once: a limit on the memory that a slow neighbour costs. Half of them hear one GOT together, so it is the same for all servers. With 8, and a frame each `frameMillis` of 50, reports wait for a receipt only where a round trip takes more than 250 ms.",
    ),
  writeBehindSeconds: seconds
    .default(10)
    .describe(
      "How long a neighbour's report may be passed on before it is durable here. A client that moves each second is then written every ten. After a crash, the reports of that time are sent again.",
    ),
  writeBehindQuietSeconds: seconds
    .default(2)
    .describe(
      "A pause after which such reports are made durable at once. It is longer than the second between reports.",
    ),
  writeBehindReports: count(0)
    .default(10_000)
    .describe(
      "Most reports that are not durable yet, about 400 bytes of memory each. 0 makes each durable in its turn.",
    ),
  recentReports: count(1)
    .default(10_000)
    .describe(
      "Accepted reports that stay in memory for the feeds. A neighbour further behind costs a scan of the table.",
    ),
  scanReports: count(1)
    .default(512)
    .describe("Rows that one step of a scan reads. Other work waits for one step at most."),
  seqBlock: count(1)
    .default(10_000)
    .describe("Numbers that one write reserves. A start of the server skips at most so many."),
  idleSeconds: seconds
    .default(5)
    .describe("A link that is caught up and silent for so long is closed, so that both ends can hibernate."),
  answerSeconds: seconds
    .default(10)
    .describe(
      "Time in which a neighbour has to answer: it takes the link, or says that a frame has come, which it puts off for a quarter of this time at most.",
    ),
  wakeSeconds: seconds
    .default(180)
    .describe(
      "When a server wakes that ended while a neighbour lacked something, if nobody wakes it before. Setting this alarm is a row written, and so is its ringing.",
    ),
  futureSeconds: count(60)
    .default(86_400)
    .describe(
      "How far ahead the time of a neighbour's report may be. Without this, one wrong neighbour freezes a client on every server for ever. The same for all servers, and more than `limits.futureSeconds`, so that servers whose clocks differ take the same reports.",
    ),
  retrySecondsMin: seconds
    .default(0.5)
    .describe("First delay before a failed link is tried again. The delay doubles each time, with jitter."),
  retrySecondsMax: seconds
    .default(60)
    .describe("Longest delay: so late may a server notice a neighbour that came back silently."),
});
