// The standard output, which may be a terminal or another program.
//
// A client's id may contain control characters, and a terminal would obey them. So a terminal gets them escaped. A program gets
// the line as it came. Keeps HC12 and HC39.

/** Prints a line that the herd sent. */
export function printLine(line: string): void {
  process.stdout.write(`${process.stdout.isTTY ? printable(line) : line}\n`);
}

/** The text with control characters, and those that change its direction, written as JSON writes them. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
