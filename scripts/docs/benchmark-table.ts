// The table of docs/benchmark.md: the subjects that have a target, from the last full run.

import { readRecord } from "../bench/harness/bench-record.ts";
import { cellsOf, HEAD } from "../bench/harness/result-table.ts";
import { markdownTable } from "./markdown-table.ts";

export async function benchmarkTable(): Promise<string> {
  const { machine, results } = await readRecord();
  const rows = results.filter(({ target }) => target !== null).map(cellsOf);
  const table = markdownTable(
    HEAD,
    rows.map((cells) => cells.map((cell) => (cell === "NO" ? "**no**" : cell))),
  );
  return `The last full run, on ${machine}:\n\n${table}`;
}
