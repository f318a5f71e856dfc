// The results as rows of a table, and as a table for a terminal.

import Table from "cli-table3";
import type { Measured, Result } from "./result.ts";
import type { Unit } from "./subject.ts";

/** Columns of every table. */
export const HEAD = ["subject", "value", "baseline", "judged (min–max)", "target", "holds"] as const;

const COLUMNS = [...HEAD, "beside, and seen"];

/** Columns that no result fills are left out. */
export function tableOf(results: readonly Result[]): string {
  const rows = results.map(rowOf);
  const isShown = COLUMNS.map((_, column) => rows.some((row) => row[column] !== ""));
  const shown = (row: readonly string[]) => row.filter((_, column) => isShown[column]);
  const table = new Table({ head: shown(COLUMNS), style: { head: [], border: [] } });
  for (const row of rows) table.push(shown(row));
  return table.toString();
}

export function rowOf(result: Result): string[] {
  const others = [...Object.entries(result.beside), ...Object.entries(result.also)];
  return [...cellsOf(result), others.map(([name, each]) => `${name} ${number(each)}`).join("\n")];
}

/** The cells below `HEAD`. */
export function cellsOf({ subject, unit, value, baseline, ratio, spread, target, holds }: Measured): string[] {
  const format = (judged: number) => (ratio === null ? number(judged) : judged.toFixed(2));
  return [
    subject,
    inUnit(value, unit),
    baseline === null ? "" : inUnit(baseline, unit),
    `${format(ratio ?? value)} (${format(spread.min)}–${format(spread.max)})`,
    target ?? "",
    holds === null ? "" : holds ? "yes" : "NO",
  ];
}

/** The number that the target judges. */
export function judgedText({ ratio, value, unit }: Result): string {
  return ratio === null ? inUnit(value, unit) : ratio.toFixed(2);
}

function inUnit(value: number, unit: Unit): string {
  return `${number(value)} ${unit}`;
}

/** With three significant digits or more. */
function number(value: number): string {
  return value.toLocaleString(
    "en",
    Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  );
}
