// The loads of docs/costs.md and what was counted of them, as a file: docs/costs.json. `npm run build:costs` counts them anew, and
// `npm run build:docs` makes the page's tables from it. Only counts are in it: the bill is made from them and today's prices.
//
// The herd is the one of herd.config.json. Keeps CM8.

import { readFile, writeFile } from "node:fs/promises";
import * as z from "zod";
import herdFile from "../../herd.config.json" with { type: "json" };
import { parseHerdConfig } from "../../src/core/config/herd-config.ts";
import { HAS_COMMIT_DELAY, withCommitMillis } from "./commit-delay.ts";
import { billOf } from "./bill.ts";
import type { CostReport } from "./cost-report.ts";
import type { Counts } from "./count.ts";
import type { CountedLoad, Load } from "./counted-load.ts";
import { configuredHerd } from "./herd-shape.ts";

const RECORD_FILE = new URL("../../docs/costs.json", import.meta.url);

export interface RecordedLoad {
  readonly clients: number;
  readonly everySeconds: number;
  readonly commitMillis: number;
}

/** What a report costs at some rates. */
export const RATES: readonly RecordedLoad[] = [
  { clients: 300, everySeconds: 60, commitMillis: 0 },
  { clients: 60, everySeconds: 1, commitMillis: 0 },
  { clients: 1, everySeconds: 1, commitMillis: 0 },
  { clients: 1, everySeconds: 60, commitMillis: 0 },
];

const COMMIT_DELAYS = HAS_COMMIT_DELAY ? [0, 100] : [0];

/** What a month costs. */
export const MONTHS: readonly RecordedLoad[] = [10_000, 1_000_000].flatMap((clients) =>
  COMMIT_DELAYS.map((commitMillis) => ({ clients, everySeconds: 60, commitMillis })),
);

const recordSchema = z.array(
  z.object({
    clients: z.number(),
    everySeconds: z.number(),
    commitMillis: z.number(),
    counted: z.object({
      reportsPerSecond: z.number(),
      isSlowed: z.boolean(),
      warmUpSeconds: z.number(),
      windowSeconds: z.number(),
    }) satisfies z.ZodType<CountedLoad>,
    counts: z.object({
      seconds: z.number(),
      reports: z.number(),
      rowsWritten: z.number(),
      rowsFolded: z.number(),
      messages: z.number(),
      bytes: z.number(),
      requests: z.number(),
      awakeSeconds: z.number(),
    }) satisfies z.ZodType<Counts>,
  }),
);

export function loadOf({ clients, everySeconds, commitMillis }: RecordedLoad): Load {
  const { servers, ...settings } = parseHerdConfig(herdFile);
  return {
    herd: configuredHerd({ servers }),
    settings: withCommitMillis(settings, commitMillis),
    clients,
    everySeconds,
  };
}

/** What was counted of that load, and its bill. Throws if the record does not have it. */
export async function readCost(recorded: RecordedLoad): Promise<CostReport> {
  const record = recordSchema.parse(JSON.parse(await readFile(RECORD_FILE, "utf8")));
  const found = record.find(
    ({ clients, everySeconds, commitMillis }) =>
      clients === recorded.clients && everySeconds === recorded.everySeconds && commitMillis === recorded.commitMillis,
  );
  if (found === undefined)
    throw new Error(`Cannot find ${JSON.stringify(recorded)} in docs/costs.json: npm run build:costs writes it`);
  const load = loadOf(recorded);
  return { load, counted: found.counted, counts: found.counts, bill: billOf(load, found.counts) };
}

export async function writeCosts(
  costs: readonly (RecordedLoad & Pick<CostReport, "counted" | "counts">)[],
): Promise<void> {
  await writeFile(RECORD_FILE, `${JSON.stringify(recordSchema.parse(costs), null, 2)}\n`);
}
