// The query of an address: how the client wants to be answered on this connection, or in this POST.
//
// `?unknown=` is about a WHATSAT whose client is unknown (WA7), `?reasons=` about refusals (LN12), `?clock=` about times that are
// far off (RP17).

import * as z from "zod";
import type { ConnectionOptions } from "../../core/protocol/connection.ts";

/** Every option, with the values that it takes. */
const VALUES = { unknown: ["ignore", "reject"], reasons: ["yes", "no"], clock: ["server"] } as const;

type OptionName = keyof typeof VALUES;

export interface InvalidOption {
  readonly invalid: OptionName;
  readonly values: readonly string[];
}

/** Of an option that an upgrade has twice, the first value counts. */
const options = z.object({
  unknown: z.array(z.enum(VALUES.unknown)),
  reasons: z.array(z.enum(VALUES.reasons)),
  clock: z.array(z.enum(VALUES.clock)),
});

/** What the address asks for, or the first option that has another value than it takes. */
export function connectionOptionsOf(address: string): ConnectionOptions | InvalidOption {
  const { searchParams } = new URL(address);
  const said = (name: OptionName) => searchParams.getAll(name);
  const read = options.safeParse({ unknown: said("unknown"), reasons: said("reasons"), clock: said("clock") });
  if (!read.success) {
    const invalid = read.error.issues[0]?.path[0] as OptionName;
    return { invalid, values: VALUES[invalid] };
  }
  const { unknown, reasons, clock } = read.data;
  return { unknown: unknown[0], reasons: reasons[0] === "yes", clock: clock[0] };
}

export function isInvalidOption(read: ConnectionOptions | InvalidOption): read is InvalidOption {
  return "invalid" in read;
}
