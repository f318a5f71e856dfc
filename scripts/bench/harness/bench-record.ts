// The last full run as a file, docs/benchmark.json: `npm run bench` writes it, and `npm run build:docs` makes the table of
// docs/benchmark.md from it. Keeps DC17.

import { readFile, writeFile } from "node:fs/promises";
import * as z from "zod";
import type { Measured } from "./result.ts";
import { UNITS } from "./subject.ts";

const RECORD_FILE = new URL("../../../docs/benchmark.json", import.meta.url);

const measuredSchema = z.object({
  subject: z.string(),
  unit: z.enum(UNITS),
  value: z.number(),
  baseline: z.number().nullable(),
  ratio: z.number().nullable(),
  spread: z.object({ median: z.number(), min: z.number(), max: z.number() }),
  target: z.string().nullable(),
  holds: z.boolean().nullable(),
}) satisfies z.ZodType<Measured>;

const recordSchema = z.object({ machine: z.string(), results: z.array(measuredSchema) });

export type BenchRecord = z.infer<typeof recordSchema>;

export async function readRecord(): Promise<BenchRecord> {
  return recordSchema.parse(JSON.parse(await readFile(RECORD_FILE, "utf8")));
}

/** Only what the schema names is written. */
export async function writeRecord(record: BenchRecord): Promise<void> {
  await writeFile(RECORD_FILE, `${JSON.stringify(recordSchema.parse(record), null, 2)}\n`);
}
