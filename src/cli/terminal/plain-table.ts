// Tables for people: columns without lines around them, which are easy to search, cut and copy.

import { styleText } from "node:util";
import Table from "cli-table3";
import { printable } from "./print.ts";

const SPACES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

export interface Column {
  readonly title: string;
  readonly align?: "left" | "right";
}

/** The lines of a table, without a line end after the last one. `isStyled`: cells contain colours. */
export function plainTable(columns: readonly Column[], rows: readonly (readonly string[])[], isStyled = false): string {
  const table = new Table({
    head: columns.map(({ title }) => styleText("bold", title, { stream: process.stdout })),
    colAligns: columns.map(({ align = "left" }) => align),
    chars: SPACES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push(isStyled ? [...row] : row.map(printable));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
