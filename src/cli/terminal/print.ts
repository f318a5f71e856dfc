// The two outputs of a command, which may be a terminal or another program.
//
// A client's id may contain control characters, and a terminal would obey them. So a terminal gets them escaped. A program gets
// the line as it came. With --json everything is a line of JSON: results on the standard output, notes and errors on the other.
// Keeps HC12, HC39 and HC43.

/** Prints a line that the herd sent. */
export function printLine(line: string): void {
  process.stdout.write(`${process.stdout.isTTY ? printable(line) : line}\n`);
}

/** Prints a result as a line of JSON. */
export function printJson(result: unknown): void {
  printLine(JSON.stringify(result));
}

export interface OutputOptions {
  readonly json?: true;
  readonly quiet?: true;
}

/** Says what is worth knowing, and is neither a result nor an error. */
export function printNote(text: string, { json, quiet }: OutputOptions): void {
  if (quiet) return;
  console.error(json ? JSON.stringify({ note: text }) : printable(text));
}

/** The text with control characters, and those that change its direction, written as JSON writes them. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
