// The results as a table for a terminal.

import Table from "cli-table3";
import type { Result } from "./result.ts";
import type { Unit } from "./subject.ts";

export function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: ["subject", "value", "floor", "ratio (min–max)", "target", "holds", "beside, and seen"],
    style: { head: [], border: [] },
  });
  for (const result of results) table.push(rowOf(result));
  return table.toString();
}

function rowOf({ subject, unit, value, floor, ratio, spread, target, holds, beside, also }: Result): string[] {
  const range = (format: (number: number) => string) => `${format(spread.min)}–${format(spread.max)}`;
  return [
    subject,
    ratio === null ? `${inUnit(value, unit)} (${range(number)})` : inUnit(value, unit),
    floor === null ? "" : inUnit(floor, unit),
    ratio === null ? "" : `${ratio.toFixed(2)} (${range((each) => each.toFixed(2))})`,
    target ?? "",
    holds === null ? "" : holds ? "yes" : "NO",
    [
      ...Object.entries(beside).map(([name, each]) => `${name} ${number(each)}`),
      ...Object.entries(also).map(([name, each]) => `${name} ${number(each)}`),
    ].join("\n"),
  ];
}

function inUnit(value: number, unit: Unit): string {
  return `${number(value)} ${unit}`;
}

/** Three digits that count, at least. */
function number(value: number): string {
  return value.toLocaleString(
    "en",
    Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  );
}
