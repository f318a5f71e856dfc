// A line without what it says: for who may know that it was not understood, and not where anybody is.

import { fieldsOf } from "./line.ts";

/** A word of a protocol, or a command's name. */
const WORD = /^[A-Z]{1,16}$/;

/** `AT with 7 fields`. */
export function lineShape(line: string): string {
  const fields = fieldsOf(line);
  const [first = ""] = fields;
  const count = `${fields.length} ${fields.length === 1 ? "field" : "fields"}`;
  return WORD.test(first) ? `${first} with ${count}` : `no command, ${count}`;
}
