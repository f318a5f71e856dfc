// Arguments that begin with a minus and are no options, such as `-23.55-46.63` or `-23.55,-46.63`: half of all locations do.
//
// Commander takes every argument that begins with a minus for an option. So a character that no argument can contain is put
// before these, and whoever reads an argument takes it away again.

const GUARD = "\0";

const NEGATIVE = /^[-\u2212](?=\.?\d)/;

export function guarded(argument: string): string {
  return NEGATIVE.test(argument) ? GUARD + argument : argument;
}

/** An argument as it was typed, or a text that contains some. */
export function unguarded(text: string): string {
  return text.replaceAll(GUARD, "");
}
