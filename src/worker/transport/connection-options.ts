// The query of an address: how the client wants to be answered on this connection, or in this POST.
//
// `?unknown=` is about a WHATSAT whose client is unknown (WA7), `?reasons=` about refusals (LN12).

import * as z from "zod";
import type { ConnectionOptions } from "../../core/protocol/connection.ts";

/** Every option, with the values that it takes. */
const VALUES = { unknown: ["ignore", "reject"], reasons: ["yes", "no"] } as const;

export interface InvalidOption {
  readonly invalid: keyof typeof VALUES;
  readonly values: readonly string[];
}

const options = z.object({
  unknown: z.enum(VALUES.unknown).optional(),
  reasons: z.enum(VALUES.reasons).optional(),
});

/** What the address asks for, or the first option that has another value than it takes. */
export function connectionOptionsOf(address: string): ConnectionOptions | InvalidOption {
  const { searchParams } = new URL(address);
  const said = (name: keyof typeof VALUES) => searchParams.get(name) ?? undefined;
  const read = options.safeParse({ unknown: said("unknown"), reasons: said("reasons") });
  if (!read.success) {
    const invalid = read.error.issues[0]?.path[0] === "unknown" ? "unknown" : "reasons";
    return { invalid, values: VALUES[invalid] };
  }
  const { unknown, reasons } = read.data;
  return { unknown, reasons: reasons === "yes" };
}

export function isInvalidOption(read: ConnectionOptions | InvalidOption): read is InvalidOption {
  return "invalid" in read;
}
