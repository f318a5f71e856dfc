// `storage` of `herd.config.json`: how a server's log of commits becomes a table in pages. Keeps HD1.

import * as z from "zod";

import { count, seconds } from "./setting-types.ts";

export const storageSchema = z.strictObject({
  logBytes: count(1, 64_000_000)
    .default(4_194_304)
    .describe(
      "Bytes of commits that wait to be folded into the pages. Their reports are in memory too, in about three times as much. A start reads them all. More of them share the writing of a page.",
    ),
  logCommits: count(1, 1_000_000)
    .default(8192)
    .describe("Commits that wait to be folded. Each is a row, of which a start looks at all."),
  logIdleBytes: count(0, 64_000_000)
    .default(65_536)
    .describe("A server that falls idle with more in its log folds it, so that the next start has little to read."),
  foldSeconds: seconds
    .default(600)
    .describe(
      "The log is folded at least so often if it has more than `logIdleBytes`, so that a start after a crash has little to read.",
    ),
  eraseSeconds: seconds
    .default(3600)
    .describe(
      "What was forgotten, or is past `limits.keepSeconds`, leaves the storage within so many seconds, and with it every place in which the storage had it before. A pass of erasing writes each page anew, two rows each, and begins no more often than this.",
    ),
  foldPages: count(1)
    .default(64)
    .describe("Pages that one step of folding writes. Other work waits for one step at most."),
  pageBytes: count(1, 1_000_000)
    .default(12_288)
    .describe(
      "A page with more is cut in two. Larger pages take the reports of more clients in one row; a read of one client takes longer.",
    ),
});
