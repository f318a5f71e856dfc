// What goes to the standard output, where a terminal and another program want different things.
//
// A client's id may hold any character but white space, also those by which a terminal is made to do things: a terminal gets
// them escaped, a program gets the line as it came. Keeps HC12.

/** Prints a line of the herd's. */
export function printLine(line: string): void {
  process.stdout.write(`${process.stdout.isTTY ? printable(line) : line}\n`);
}

/** With control characters, and those that turn text around, as JSON writes them. */
export function printable(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\u2028-\u202E\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
