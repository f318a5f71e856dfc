// Text that keeps no other text in memory.
//
// V8 makes a part of a text by pointing into the whole, and a joined text by pointing at its parts until it is first read. A
// remembered part, such as a client's id, would therefore keep the whole message in memory. Text that is kept for longer
// than a turn goes through here. Keeps LI12.

/** The same text, in memory of its own. */
export function detachedText(text: string): string {
  // Cutting copies the joined text first. The result then points only into that copy, which is one character longer.
  return ` ${text}`.slice(1);
}
