// Text that keeps nothing else alive.
//
// V8 makes a part of a text by pointing into it, and a joined text by pointing at its parts until somebody reads it. So a
// client's id that is remembered keeps the whole message that brought it, up to `limits.messageBytes`, where it need keep
// only itself. What outlives its turn goes through here. Keeps LI12.

/** The same text, in memory of its own. */
export function detachedText(text: string): string {
  // Cutting joins it first, and what is cut then points into that.
  return ` ${text}`.slice(1);
}
