// A table of Markdown.

/** Ends with a newline. Cells may hold Markdown; a pipe in a cell is escaped. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = head.map(() => "---").join("|");
  return [`| ${head.join(" | ")} |`, `|${rule}|`, ...rows.map(rowOf)].map((line) => `${line}\n`).join("");
}

function rowOf(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", String.raw`\|`)).join(" | ")} |`;
}
