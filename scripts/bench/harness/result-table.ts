// The results as a table for a terminal.

import Table from "cli-table3";
import type { Result } from "./result.ts";
import type { Unit } from "./subject.ts";

export function tableOf(results: readonly Result[]): string {
  const table = new Table({
    head: ["subject", "value", "floor", "judged (min–max)", "target", "holds", "beside, and seen"],
    style: { head: [], border: [] },
  });
  for (const result of results) table.push(rowOf(result));
  return table.toString();
}

export function rowOf(result: Result): string[] {
  const { subject, unit, value, floor, ratio, spread, target, holds, beside, also } = result;
  const format = (judged: number) => (ratio === null ? number(judged) : judged.toFixed(2));
  return [
    subject,
    inUnit(value, unit),
    floor === null ? "" : inUnit(floor, unit),
    `${format(ratio ?? value)} (${format(spread.min)}–${format(spread.max)})`,
    target ?? "",
    holds === null ? "" : holds ? "yes" : "NO",
    [...Object.entries(beside), ...Object.entries(also)].map(([name, each]) => `${name} ${number(each)}`).join("\n"),
  ];
}

/** The number that the target is about. */
export function judgedText({ ratio, value, unit }: Result): string {
  return ratio === null ? inUnit(value, unit) : ratio.toFixed(2);
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
