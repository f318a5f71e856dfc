// What may follow the six fields of an AT between servers: `key=value` fields, which a server passes on whether it knows them or not.
//
// So a report can get a field more while some servers of the herd do not know it yet, and nothing is lost on the way over
// them. The bounds are the same in every version: what one server passes on, every other one has to take. Keeps FL4 and FL5.

import { exceedsBytes } from "../lib/utf8.ts";

/** A key, `=`, and a value of one character or more. */
const EXTENSION = /^[a-z][a-z0-9-]{0,31}=./s;

/** Fields that one report may carry: far more than anybody should add to it. */
const EXTENSIONS_MAX = 16;

/** Bytes of all of them at most. With them an AT is still less than half of what a client's line may be by default. */
const EXTENSION_BYTES_MAX = 512;

/** Whether these fields may follow an AT, or a SYNC: each a pair, no key twice, within the bounds. */
export function areExtensions(fields: readonly string[]): boolean {
  if (fields.length === 0) return true;
  if (fields.length > EXTENSIONS_MAX || exceedsBytes(fields.join(" "), EXTENSION_BYTES_MAX)) return false;
  const keys = new Set(fields.map((field) => field.slice(0, field.indexOf("="))));
  return keys.size === fields.length && fields.every((field) => EXTENSION.test(field));
}

/** The value of a key; `undefined` if no field has it. */
export function extensionOf(fields: readonly string[], key: string): string | undefined {
  return fields.find((field) => field.startsWith(`${key}=`))?.slice(key.length + 1);
}
